package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"ringback/settings/contentline"
	"ringback/settings/fault"
)

const (
	maxEvents  = 2000 // of a calendar that is read
	maxRepeats = 200  // of them that recur: each of those costs time
	// MaxDays is how many entries a calendar may have in the time that is read.
	MaxDays = 500
)

// ReadCalendar gives the whole days of an iCalendar file (RFC 5545) that touch
// the time from one day to another, in order. Title is what a day is called
// that has no name of its own.
//
// Only events of whole days count: those without a time of day, and those from
// midnight to midnight, as some programs write them. An appointment closes
// nobody's shop. That an event is marked as free time does not matter: the
// public calendars of holidays mark theirs so.
//
// A file that is no calendar, that is cut off, or that holds no whole day at
// all is a fault.Fault: who goes by it must not take it for a year without
// holidays.
func ReadCalendar(text, title string, from, to time.Time) ([]Days, error) {
	events, err := readEvents(text)
	if err != nil {
		return nil, err
	}
	first, last := wallOf(from).day(), wallOf(to).day()
	replaced := map[string]bool{} // occurrences that stand as events of their own
	for _, e := range events {
		if e.instead != "" {
			replaced[e.uid+" "+e.instead] = true
		}
	}
	var days []Days
	whole, repeats := false, 0
	for _, e := range events {
		starts, length, ok := e.wholeDays()
		if !ok {
			continue
		}
		whole = true
		if e.rule != "" {
			repeats++
		}
		if e.canceled || repeats > maxRepeats {
			continue
		}
		for _, day := range e.occurrences(starts, Wall(first-length)*daySeconds, Wall(last)*daySeconds) {
			if e.instead == "" && replaced[e.uid+" "+icsDay(day)] || day+length <= first || day > last {
				continue
			}
			days = append(days, Days{cmp.Or(e.title(), title), pageOf(day).Format(time.DateOnly), pageOf(day + length - 1).Format(time.DateOnly)})
		}
	}
	slices.SortFunc(days, func(a, b Days) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Title, b.Title))
	})
	days = slices.Compact(days)
	switch {
	case !whole:
		return nil, fault.New("calendar", "calendar_empty")
	case len(days) > MaxDays || repeats > maxRepeats:
		return nil, fault.New("calendar", "calendar_large")
	}
	return days, nil
}

// event is a VEVENT, of which only what concerns whole days is kept.
type event struct {
	uid, summary, rule string
	starts, ends       string // 20261224, or 20261224T000000
	duration           string
	instead            string // of a series: the day of the occurrence that this one replaces
	without, also      []string
	canceled           bool
}

func readEvents(text string) ([]event, error) {
	unread := fault.New("calendar", "calendar_unread")
	if strings.ContainsRune(text, 0) || strings.ToValidUTF8(text, "") != text {
		return nil, unread
	}
	var events []event
	var inside []string // the components that the line stands in
	whole := false
	for p := range contentline.Read(text) {
		value := strings.ToUpper(strings.TrimSpace(p.Value))
		switch {
		case p.Name == "BEGIN" && len(inside) < 4:
			inside = append(inside, value)
			if value == "VEVENT" && len(inside) == 2 {
				events = append(events, event{})
			}
		case p.Name == "BEGIN":
			return nil, unread
		case p.Name == "END" && len(inside) > 0 && inside[len(inside)-1] == value:
			inside = inside[:len(inside)-1]
			whole = len(inside) == 0
		case len(inside) == 0 || inside[0] != "VCALENDAR" || p.Name == "END":
			return nil, unread
		case len(inside) == 2 && inside[1] == "VEVENT":
			events[len(events)-1].take(p)
		}
		if len(events) > maxEvents {
			return nil, fault.New("calendar", "calendar_large")
		}
	}
	if !whole { // cut off, or not even begun
		return nil, unread
	}
	return events, nil
}

func (e *event) take(p contentline.Property) {
	value := strings.TrimSpace(p.Value)
	switch p.Name {
	case "UID":
		e.uid = value
	case "SUMMARY":
		e.summary = p.Value
	case "RRULE":
		e.rule = value
	case "DTSTART":
		e.starts = value
	case "DTEND":
		e.ends = value
	case "DURATION":
		e.duration = value
	case "RECURRENCE-ID":
		e.instead, _, _ = strings.Cut(value, "T")
	case "EXDATE":
		e.without = append(e.without, strings.Split(value, ",")...)
	case "RDATE":
		e.also = append(e.also, strings.Split(value, ",")...)
	case "STATUS":
		e.canceled = strings.EqualFold(value, "CANCELLED")
	}
}

// title is the event's name on one line, no longer than a title may be.
func (e *event) title() string {
	letters := []rune(strings.Join(strings.Fields(strings.Map(printable, contentline.Unescape(e.summary))), " "))
	return strings.TrimSpace(string(letters[:min(maxTitle, len(letters))]))
}
