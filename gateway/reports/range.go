package reports

import (
	"time"

	"ringback/settings"
	"ringback/settings/fault"
)

// What a report's days are counted by.
const (
	Day   = "day"
	Week  = "week"
	Month = "month"
)

// Range is the days that a report is of, the first and the last as dates on the
// team's clock. What is left out is this month until today, by what leaves some
// thirty periods at most.
type Range struct {
	From string `json:"from"`
	To   string `json:"to" doc:"The last day, which counts"`
	By   string `json:"by" enum:"day,week,month"`
}

// A report is of a year at most: it is read from what happened.
const longest = 366

// periods returns the whole range and the days on which its periods begin, at
// midnight UTC, and at the end the day after its last. Now is on the team's
// clock.
func (r Range) periods(now time.Time) (Range, []time.Time, error) {
	last, first, err := r.days(now)
	if err != nil {
		return r, nil, err
	}
	end := last.AddDate(0, 0, 1)
	days := int(end.Sub(first).Hours() / 24)
	if r.By == "" {
		switch {
		case days <= 31:
			r.By = Day
		case days <= 26*7:
			r.By = Week
		default:
			r.By = Month
		}
	}
	r.From, r.To = date(first), date(last)
	var starts []time.Time
	for at := first; at.Before(end); {
		starts = append(starts, at)
		switch r.By {
		case Day:
			at = at.AddDate(0, 0, 1)
		case Week: // from Monday to Sunday
			at = at.AddDate(0, 0, 7-(int(at.Weekday())+6)%7)
		case Month:
			at = time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		default:
			return r, nil, settings.Refuse("by", "not_one_of", "List", []string{Day, Week, Month})
		}
	}
	return r, append(starts, end), nil
}

// days reads the last day and the first.
func (r Range) days(now time.Time) (last, first time.Time, err error) {
	var wrong settings.Invalid
	last = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	var noFrom, noTo error
	if r.To != "" {
		last, noTo = settings.ParseDate("to", r.To)
	}
	first = time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC)
	if r.From != "" {
		first, noFrom = settings.ParseDate("from", r.From)
	}
	if err := fault.Together(noFrom, noTo); err != nil {
		return last, first, err
	}
	if r.To == "" && last.Before(first) {
		last = first
	}
	wrong.Add(last.Before(first), "to", "days_before")
	wrong.Add(last.Sub(first) >= longest*24*time.Hour, "to", "days_long")
	return last, first, wrong.Err()
}

func date(day time.Time) string { return day.Format(time.DateOnly) }
