package console

import (
	"math"
	"strconv"
	"time"

	"ringback/gateway/reports"
	"ringback/webhooks/api"
)

type weekPage struct{ reports.Week }

// week is how the team's week went.
func (v *View) week() error {
	found, err := v.console.Inbox.Week(v.ctx(), v.Who, v.Team.ID, v.Query("from"))
	if err != nil {
		return err
	}
	return v.Show("week.html", weekPage{found})
}

// Day is a date as one says it, with its weekday.
func (v *View) Day(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return v.Words.Weekday(at) + ", " + v.Words.Date(at, v.Now())
}

// Shift is the date that many days later.
func (weekPage) Shift(date string, days int) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return at.AddDate(0, 0, days).Format(time.DateOnly)
}

// Span is a time in words: seconds, minutes or hours.
func (v *View) Span(seconds *float64) string {
	switch {
	case seconds == nil:
		return "–"
	case *seconds < 90:
		return v.T("week.seconds", "N", int(math.Round(*seconds)))
	case *seconds < 90*60:
		return v.T("week.minutes", "N", int(math.Round(*seconds/60)))
	}
	return v.T("week.hours", "N", int(math.Round(*seconds/3600)))
}

// Score is an average of ratings with one decimal.
func (v *View) Score(score *float64) string {
	if score == nil {
		return "–"
	}
	return v.Words.Number(math.Round(*score*10) / 10)
}

// Share is a part of a whole in percent; empty without a whole.
func (weekPage) Share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa(int(math.Round(100*float64(part)/float64(whole)))) + " %"
}

// weekFile is the same as a file.
func (v *View) weekFile() error {
	file, err := api.WeekFile(v.ctx(), v.console.Inbox, v.Who, v.Team.ID, v.Query("from"))
	if err != nil {
		return err
	}
	return v.file(file)
}
