package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings/fault"
)

func calendarOf(events ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Holidays\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
}

func eventOf(lines ...string) string {
	return "BEGIN:VEVENT\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
}

func TestTheDaysOfACalendar(t *testing.T) {
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	to := time.Date(2028, 5, 31, 0, 0, 0, 0, time.UTC)
	for _, one := range []struct {
		name  string
		event string
		want  []Days
	}{
		{"a day", eventOf("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261226", `SUMMARY:Christmas\, the day`, "TRANSP:TRANSPARENT"), []Days{{"Christmas, the day", "2026-12-25", "2026-12-25"}}},
		{"several, the end exclusive", eventOf("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", "SUMMARY:Christmas"), []Days{{"Christmas", "2026-12-24", "2026-12-26"}}},
		{"no end", eventOf("DTSTART;VALUE=DATE:20261225", "SUMMARY:A"), []Days{{"A", "2026-12-25", "2026-12-25"}}},
		{"an end that is its start", eventOf("DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261225", "SUMMARY:A"), []Days{{"A", "2026-12-25", "2026-12-25"}}},
		{"a length", eventOf("DTSTART;VALUE=DATE:20261225", "DURATION:P2D", "SUMMARY:A"), []Days{{"A", "2026-12-25", "2026-12-26"}}},
		{"midnight to midnight", eventOf("DTSTART;TZID=Europe/Warsaw:20261225T000000", "DTEND;TZID=Europe/Warsaw:20261226T000000", "SUMMARY:A"), []Days{{"A", "2026-12-25", "2026-12-25"}}},
		{"each year", eventOf("DTSTART;VALUE=DATE:19701111", "RRULE:FREQ=YEARLY", "SUMMARY:A"), []Days{{"A", "2026-11-11", "2026-11-11"}, {"A", "2027-11-11", "2027-11-11"}}},
		{"each year but one, and a day more", eventOf("DTSTART;VALUE=DATE:19701111", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20261111", "RDATE;VALUE=DATE:20261112", "SUMMARY:A"), []Days{{"A", "2026-11-12", "2026-11-12"}, {"A", "2027-11-11", "2027-11-11"}}},
		{"a Thursday by its number", eventOf("DTSTART;VALUE=DATE:20201126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "SUMMARY:A"), []Days{{"A", "2026-11-26", "2026-11-26"}, {"A", "2027-11-25", "2027-11-25"}}},
		{"one of a series is moved", eventOf("UID:1", "DTSTART;VALUE=DATE:19701111", "RRULE:FREQ=YEARLY", "SUMMARY:A") + eventOf("UID:1", "RECURRENCE-ID;VALUE=DATE:20261111", "DTSTART;VALUE=DATE:20261113", "SUMMARY:B"), []Days{{"B", "2026-11-13", "2026-11-13"}, {"A", "2027-11-11", "2027-11-11"}}},
		{"one of a series is called off", eventOf("UID:1", "DTSTART;VALUE=DATE:19701111", "RRULE:FREQ=YEARLY", "SUMMARY:A") + eventOf("UID:1", "RECURRENCE-ID;VALUE=DATE:20261111", "DTSTART;VALUE=DATE:20261111", "STATUS:CANCELLED"), []Days{{"A", "2027-11-11", "2027-11-11"}}},
		{"no name", eventOf("DTSTART;VALUE=DATE:20261225", "SUMMARY: \\n"), []Days{{"Day off", "2026-12-25", "2026-12-25"}}},
		{"twice the same", eventOf("DTSTART;VALUE=DATE:20261225", "SUMMARY:A") + eventOf("DTSTART;VALUE=DATE:20261225", "SUMMARY:A"), []Days{{"A", "2026-12-25", "2026-12-25"}}},
		{"an alarm's lines are not the event's", "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nSUMMARY:A\nBEGIN:VALARM\nSUMMARY:B\nDURATION:P9D\nEND:VALARM\nEND:VEVENT\n", []Days{{"A", "2026-12-25", "2026-12-25"}}},
		{"long ago, and far off", eventOf("DTSTART;VALUE=DATE:20251225", "SUMMARY:A") + eventOf("DTSTART;VALUE=DATE:20291225", "SUMMARY:A"), nil},
		{"under way", eventOf("DTSTART;VALUE=DATE:20260530", "DTEND;VALUE=DATE:20260603", "SUMMARY:A"), []Days{{"A", "2026-05-30", "2026-06-02"}}},
		{"an appointment beside it", eventOf("DTSTART:20261224T090000Z", "DTEND:20261224T100000Z", "SUMMARY:Dentist") + eventOf("DTSTART;VALUE=DATE:20261225", "SUMMARY:A"), []Days{{"A", "2026-12-25", "2026-12-25"}}},
	} {
		days, err := ReadCalendar(calendarOf(one.event), "Day off", from, to)
		require.NoError(t, err, one.name)
		require.Equal(t, one.want, days, one.name)
	}
}

func TestWhatIsNoCalendarOfHolidays(t *testing.T) {
	day := eventOf("DTSTART;VALUE=DATE:20261225", "SUMMARY:A")
	from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	for name, one := range map[string]struct{ text, code string }{
		"nothing":           {"", "calendar_unread"},
		"a page":            {"<!doctype html><p>a: b</p>", "calendar_unread"},
		"cut off":           {strings.TrimSuffix(calendarOf(day), "END:VCALENDAR\r\n"), "calendar_unread"},
		"cut off inside":    {calendarOf(day)[:90], "calendar_unread"},
		"ends the other":    {"BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR\n", "calendar_unread"},
		"boxes in boxes":    {strings.Repeat("BEGIN:VCALENDAR\n", 100_000), "calendar_unread"},
		"no letters":        {calendarOf("X:\xff\n"), "calendar_unread"},
		"a zero":            {calendarOf("X:\x00\n"), "calendar_unread"},
		"no events":         {calendarOf(), "calendar_empty"},
		"appointments":      {calendarOf(eventOf("DTSTART:20261224T090000Z", "DTEND:20261224T100000Z", "SUMMARY:Dentist")), "calendar_empty"},
		"too many":          {calendarOf(strings.Repeat(day, 2001)), "calendar_large"},
		"too many by rules": {calendarOf(strings.Repeat(eventOf("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY", "SUMMARY:A"), 201)), "calendar_large"},
		"every day a rule":  {calendarOf(eventOf("DTSTART;VALUE=DATE:20200101", "RRULE:FREQ=DAILY", "SUMMARY:A")), "calendar_large"},
		"a year's holiday":  {calendarOf(eventOf("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20290101", "SUMMARY:A")), "calendar_empty"},
	} {
		_, err := ReadCalendar(one.text, "x", from, from.AddDate(3, 0, 0))
		var wrong fault.Fault
		require.ErrorAs(t, err, &wrong, name)
		require.Equal(t, one.code, wrong.Code, name)
	}
}

// A calendar of ours says what it was made of.
func FuzzReadCalendar(f *testing.F) {
	f.Add(calendarOf(eventOf("DTSTART;VALUE=DATE:19701111", "RRULE:FREQ=YEARLY", "SUMMARY:A")))
	f.Fuzz(func(t *testing.T, text string) {
		from := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		days, err := ReadCalendar(text, "x", from, from.AddDate(3, 0, 0))
		if err != nil {
			return
		}
		for _, d := range days {
			_, err := NewHoliday("x", d, nil, time.UTC)
			require.NoError(t, err, "%+v", d)
		}
	})
}
