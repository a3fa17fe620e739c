package schedule

import (
	"time"

	"ringback/settings/fault"
)

// Days are calendar days, whole ones, from one to another, both included, and
// what they are called: "Christmas", 2026-12-24 to 2026-12-26.
type Days struct {
	Title string `json:"title"`
	From  string `json:"from" doc:"The first day: 2026-12-24"`
	To    string `json:"to" doc:"The last day, which counts: 2026-12-26"`
}

// Holiday is days in which a team is closed and no schedule is in effect,
// whatever the schedules say. Only [NewHoliday] makes one.
type Holiday struct {
	ID string
	Days
	Messages map[string]string // by automation: what is said in place of the usual text

	span span
}

// NewHoliday makes the days ones of a team: they begin and end at midnight in
// its zone. Its error is a fault.Invalid about from, to and title.
func NewHoliday(id string, days Days, messages map[string]string, zone *time.Location) (Holiday, error) {
	first, last, err := days.walls()
	if err := fault.Together(err, checkTitle(days.Title)); err != nil {
		return Holiday{}, err
	}
	midnights := span{first.In(zone).Unix(), (last + daySeconds).In(zone).Unix()}
	return Holiday{ID: id, Days: days, Messages: messages, span: midnights}, nil
}

// Check is what is wrong with the days, as a fault.Invalid; nil: nothing.
func (d Days) Check() error {
	_, _, err := d.walls()
	return err
}

// walls are the midnights at which the first and the last day begin.
func (d Days) walls() (first, last Wall, err error) {
	first, wrongFirst := parseDay("from", d.From)
	last, wrongLast := first, error(nil)
	if d.To != d.From {
		last, wrongLast = parseDay("to", d.To)
	}
	if err := fault.Together(wrongFirst, wrongLast); err != nil {
		return 0, 0, err
	}
	var wrong fault.Invalid
	wrong.Add(last < first, "to", "days_before")
	wrong.Add(last-first >= maxLength, "to", "days_long")
	return first, last, wrong.Err()
}

// parseDay reads "2026-12-24".
func parseDay(field, text string) (Wall, error) {
	t, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		return 0, fault.New(field, "day")
	case t.Year() < firstYear || t.Year() > lastYear:
		return 0, fault.New(field, "year", "From", firstYear, "To", lastYear)
	}
	return Wall(t.Unix()), nil
}

// spans gives the holiday where it touches the time between two instants.
func (h *Holiday) spans(from, to int64) []span {
	if h.span.from < h.span.to && h.span.from < to && h.span.to > from {
		return []span{h.span}
	}
	return nil // also where a zone has skipped the day
}
