// Package schedule answers "is this team open, and when next?" from its ring
// schedules and holidays. It is pure: it does no I/O beyond loading time zones, and it knows
// no clock; every question names its instant.
//
// The one hard decision: a recurrence lives on the wall clock and is turned
// into instants only at the very end, one start and one end at a time, by
// [Wall.In]. No length in real hours and no offset is ever stored, so 08:00
// stays 08:00 over daylight-saving changes, and a shift 22:00–06:00 is 7 or 9
// hours long on the nights that are.
//
// The recurrence rules are read with rrule-go but evaluated here: rrule-go
// can only iterate from the first occurrence on, and for a rule that never
// matches it does so up to the year 9999. Ours looks at the periods around the
// instant in question (see recurrence), so every question has a bounded cost.
// The tests hold it against rrule-go.
package schedule

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	zones "ringback/settings/zone"

	"ringback/settings/fault"

	"github.com/teambition/rrule-go"
)

const (
	maxTitle  = 100              // characters
	maxLength = 366 * daySeconds // of one occurrence, on the wall clock
	maxOften  = 31 * daySeconds  // of one that repeats daily or weekly: overlaps cost time
	firstYear = 1970             // of starts_at
	lastYear  = 2199             // of starts_at and ends_at
	maxZone   = 64               // characters
)

// Spec is a ring schedule as the API sends and stores it.
type Spec struct {
	ID            string
	Title         string // 1–100 characters
	TimeZone      string // an IANA name, "America/Chicago"
	StartsAt      string // wall clock in TimeZone, "2026-01-05T08:00"
	EndsAt        string // likewise; of the first occurrence, exclusive
	RRule         string // RFC 5545, with or without "RRULE:"; empty: once
	Enabled       bool
	BusinessHours *bool // nil: assumed yes
	Created       time.Time
	Ranked        time.Time // what it counts by beside others; zero: Created
}

// Schedule is one ring schedule, checked and ready to ask. Only [New] makes one.
type Schedule struct {
	ID            string
	Title         string
	Zone          *time.Location
	Starts        Wall   // the first day and the time of day
	Ends          Wall   // end of the shift that begins at Starts, exclusive
	RRule         string // upper case, without "RRULE:"; empty: once
	Enabled       bool
	BusinessHours *bool // nil: assumed yes
	Created       time.Time
	Ranked        time.Time // of the schedules that cover an instant, the latest counts; a tie goes to the greater ID

	recurrence recurrence
}

// New checks a schedule. Its error is always a fault.Invalid, about all fields
// that are wrong: title, time_zone, starts_at, ends_at and rrule.
//
// Where a rule does not match its own start (it starts on a Monday but says
// BYDAY=TU), the occurrences are those of the rule only: the start gives the
// first day on which the rule counts and the time of day.
func New(spec Spec) (Schedule, error) {
	s := Schedule{
		ID: spec.ID, Title: strings.TrimSpace(spec.Title),
		Enabled: spec.Enabled, BusinessHours: spec.BusinessHours, Created: spec.Created, Ranked: spec.Ranked,
	}
	var wrongZone, wrongStart, wrongEnd, wrongRule error
	s.Zone, wrongZone = zone(spec.TimeZone)
	s.Starts, wrongStart = parseWall("starts_at", spec.StartsAt)
	s.Ends, wrongEnd = parseWall("ends_at", spec.EndsAt)
	s.RRule, s.recurrence, wrongRule = parseRule(spec.RRule, s.Starts, cmp.Or(s.Zone, time.UTC))
	if wrongStart == nil && wrongEnd == nil {
		wrongEnd = s.checkLength()
	}
	if err := fault.Together(checkTitle(s.Title), wrongZone, wrongStart, wrongEnd, wrongRule); err != nil {
		return Schedule{}, err
	}
	return s, nil
}

// checkLength holds a shift to how long it may be.
func (s *Schedule) checkLength() error {
	switch {
	case s.Ends <= s.Starts:
		return fault.New("ends_at", "ends_before")
	case s.length() > maxLength:
		return fault.New("ends_at", "shift_long")
	case s.RRule != "" && s.recurrence.freq >= rrule.WEEKLY && s.length() > maxOften:
		return fault.New("ends_at", "shift_long_often")
	}
	return nil
}

func checkTitle(title string) error {
	n := utf8.RuneCountInString(title)
	switch {
	case n == 0:
		return fault.New("title", "empty")
	case n > maxTitle:
		return fault.New("title", "too_long", "Count", maxTitle)
	case !utf8.ValidString(title) || strings.ContainsFunc(title, unicode.IsControl):
		return fault.New("title", "not_one_line")
	}
	return nil
}

// zone loads an IANA zone. "Local" would be whatever the server happens to
// use, and the "right/" files count leap seconds, which instants here do not.
func zone(name string) (*time.Location, error) {
	refused := fault.New("time_zone", "zone")
	if name == "" || name == "Local" || len(name) > maxZone || strings.HasPrefix(name, "right/") {
		return nil, refused
	}
	loaded, err := zones.Load(name)
	if err != nil {
		return nil, refused
	}
	return loaded, nil
}

// Business reports whether the schedule's time is business hours; unset means yes.
func (s *Schedule) Business() bool { return s.BusinessHours == nil || *s.BusinessHours }

// length is how much later the wall clock reads at the end of a shift.
func (s *Schedule) length() int64 { return int64(s.Ends - s.Starts) }

// rank is the moment that it counts by beside others.
func (s *Schedule) rank() time.Time { return cmp.Or(s.Ranked, s.Created) }

// firstCounts orders schedules so that the first one covering an instant is
// the one in effect.
func firstCounts(a, b Schedule) int {
	return cmp.Or(b.rank().Compare(a.rank()), cmp.Compare(b.ID, a.ID))
}
