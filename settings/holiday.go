package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ringback/channels/httpcall"
	"ringback/settings/automations"
	"ringback/settings/fault"
	"ringback/settings/schedule"
	"ringback/settings/text"
	"ringback/settings/zone"
)

// MaxHolidays is how many a team can have ahead of it, and a company for all its
// teams; maxHolidaysKept bounds them with those that are over, which every snapshot of
// a team reads.
const (
	MaxHolidays     = 500
	maxHolidaysKept = 2000
)

// Holiday is days on which a team is closed whatever its schedules say: a range
// of days, or those of a calendar that is subscribed to, or both.
type Holiday struct {
	ID        string           `db:"id" json:"id" readOnly:"true"`
	Title     string           `db:"title" json:"title" maxLength:"100" example:"Christmas"`
	From      *string          `db:"from" json:"from" required:"false" maxLength:"10" example:"2026-12-24" doc:"The first day, in the team's time zone; may be left out where there is a feed"`
	To        *string          `db:"to" json:"to" required:"false" maxLength:"10" example:"2026-12-26" doc:"The last day, which counts; left out: the first day alone"`
	Messages  Messages         `db:"messages" json:"messages" required:"false" nullable:"false" doc:"What is said on these days in place of the message and extra message of after_hours_call, after_hours_text and after_hours_ticket, by that key; an empty text takes one away"`
	Feed      *string          `db:"feed" json:"feed" required:"false" maxLength:"2000" example:"https://example.com/holidays.ics" doc:"The address of an iCalendar file whose whole days are holidays; it is read twice a day"`
	Calendar  *HolidayCalendar `db:"-" json:"calendar,omitempty" readOnly:"true" doc:"What the feed says; left out: there is none"`
	CreatedAt time.Time        `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt time.Time        `db:"updated_at" json:"updated_at" readOnly:"true"`
}

// HolidayCalendar is what a feed said when it could be read last.
type HolidayCalendar struct {
	Days         []schedule.Days `json:"days" nullable:"false"`
	FetchedAt    *time.Time      `json:"fetched_at" doc:"When it was read; null: never yet"`
	FailingSince *time.Time      `json:"failing_since" doc:"Since when it cannot be read; null: it can. The days stay as they were"`
	Error        string          `json:"error,omitempty" doc:"Why it cannot be read"`

	fault  string
	status int
}

// Fault is why the calendar cannot be read, to be put in words.
func (c HolidayCalendar) Fault() Fault { return fault.New("feed", c.fault, "Status", c.status) }

// Messages are texts by the key of an automation.
type Messages map[string]string

// Scan reads the column.
func (m *Messages) Scan(column any) error { return scanJSON(column, m) }

// HolidayDays are the days of a calendar, as they are stored.
type HolidayDays []schedule.Days

// Scan reads the column.
func (d *HolidayDays) Scan(column any) error { return scanJSON(column, d) }

func scanJSON(column, into any) error {
	raw, ok := column.([]byte)
	if !ok {
		return fmt.Errorf("%T: cannot read %T", into, column)
	}
	return json.Unmarshal(raw, into)
}

// HolidayMessages are the automations that a holiday can have words of its own for.
var HolidayMessages = []string{automations.AfterHoursCall, automations.AfterHoursText, automations.AfterHoursTicket}

// tidy writes the holiday as it is stored.
func (h *Holiday) tidy() {
	h.Title = strings.TrimSpace(h.Title)
	kept := Messages{}
	for key, message := range h.Messages {
		if strings.TrimSpace(message) != "" {
			kept[key] = message
		}
	}
	h.Messages = kept
	h.From, h.To, h.Feed = filled(h.From), filled(h.To), filled(h.Feed)
	if h.To == nil {
		h.To = h.From
	}
	if h.Feed != nil {
		if rest, ok := strings.CutPrefix(*h.Feed, "webcal://"); ok { // what the pages of calendars offer
			https := "https://" + rest
			h.Feed = &https
		}
	}
}

func filled(value *string) *string {
	if value == nil || strings.TrimSpace(*value) == "" {
		return nil
	}
	trimmed := strings.TrimSpace(*value)
	return &trimmed
}

func (h Holiday) check() error {
	var wrong Invalid
	wrong.Add(h.Title == "", "title", "empty")
	wrong.Add(!oneLine(h.Title), "title", "not_one_line")
	switch {
	case h.From != nil:
		if err := wrong.Take(schedule.Days{From: *h.From, To: *h.To}.Check()); err != nil {
			return err
		}
	case h.To != nil, h.Feed == nil:
		wrong.Add(true, "from", "empty")
	}
	if h.Feed != nil {
		code := httpcall.CheckURL(*h.Feed, false)
		wrong.Add(code != "", "feed", code)
	}
	for key, message := range h.Messages {
		wrong = append(wrong, checkWords(key, message)...)
	}
	wrong.Bounds("", h)
	slices.SortStableFunc(wrong, func(a, b Fault) int { return strings.Compare(a.Field, b.Field) })
	return wrong.Err()
}

// checkWords holds a text to what is always so: with the longest names that a
// company and a team can have, so that no later name makes it too long.
func checkWords(key, message string) []Fault {
	field := "messages." + key
	if !slices.Contains(HolidayMessages, key) {
		return []Fault{fault.New("messages", "not_one_of", "List", HolidayMessages)}
	}
	d, _ := automations.Find(key)
	name := strings.Repeat("…", 100)
	wrong := text.Check(text.Parts{Company: name, Team: name, Message: message, AppendOpening: true, Lacks: lacks(d)})
	for n := range wrong {
		wrong[n] = wrong[n].At(field)
	}
	return wrong
}

// storedHoliday is a row, or a part of a snapshot.
type storedHoliday struct {
	Holiday
	Days         HolidayDays `db:"days" json:"days"`
	FetchedAt    *time.Time  `db:"fetched_at" json:"fetched_at"`
	FailingSince *time.Time  `db:"failing_since" json:"failing_since"`
	Fault        string      `db:"fault" json:"fault"`
	Status       int         `db:"status" json:"status"`
	OfCompany    bool        `db:"of_company" json:"of_company"`
}

// shown is the holiday as the API has it.
func (s storedHoliday) shown() Holiday {
	h := s.Holiday
	if h.Feed != nil {
		h.Calendar = &HolidayCalendar{Days: append([]schedule.Days{}, s.Days...), FetchedAt: s.FetchedAt, FailingSince: s.FailingSince, fault: s.Fault, status: s.Status}
	}
	return h
}

// closing makes stored holidays those of a team in its zone, in their order.
func closing(stored []storedHoliday, timeZone string) ([]schedule.Holiday, error) {
	if len(stored) == 0 {
		return nil, nil
	}
	clock, err := zone.Load(timeZone)
	if err != nil {
		return nil, err
	}
	var all []schedule.Holiday
	for _, s := range stored {
		days := s.Days
		if s.From != nil {
			days = append(HolidayDays{{Title: s.Title, From: *s.From, To: *s.To}}, days...)
		}
		for _, d := range days {
			h, err := schedule.NewHoliday(s.ID, d, s.Messages, clock)
			if err != nil {
				return nil, fmt.Errorf("holiday %s: %w", s.ID, err)
			}
			all = append(all, h)
		}
	}
	return all, nil
}
