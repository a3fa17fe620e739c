package schedule

import (
	"strings"
	"testing"
	"time"

	"ringback/settings/fault"

	"github.com/stretchr/testify/require"
)

func TestNewKeepsWhatItWasGiven(t *testing.T) {
	no := false
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s, err := New(Spec{
		ID: "a", Title: "  Nights ", TimeZone: "Europe/Warsaw", StartsAt: "2026-01-05T22:00", EndsAt: "2026-01-06T06:00:30",
		RRule: " rrule:freq=daily;count=3; ", Enabled: true, BusinessHours: &no, Created: created,
	})
	require.NoError(t, err)
	require.Equal(t, "Nights", s.Title)
	require.Equal(t, "Europe/Warsaw", s.Zone.String())
	require.Equal(t, "2026-01-05T22:00", s.Starts.String())
	require.Equal(t, "2026-01-06T06:00:30", s.Ends.String())
	require.Equal(t, "FREQ=DAILY;COUNT=3", s.RRule)
	require.Equal(t, created, s.Created)
	require.True(t, s.Enabled)
	require.False(t, s.Business())
}

func TestNewRefuses(t *testing.T) {
	good := Spec{Title: "Weekdays", TimeZone: "America/Chicago", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: "FREQ=WEEKLY"}
	_, err := New(good)
	require.NoError(t, err)

	fields := map[string]struct {
		set    func(*Spec, string)
		values []string
	}{
		"title": {func(s *Spec, v string) { s.Title = v }, []string{"", "  ", strings.Repeat("ż", 101), "a\nb", "a\xff"}},
		"time_zone": {func(s *Spec, v string) { s.TimeZone = v }, []string{
			"", "Local", "Mars/Olympus", "America", "../etc/passwd", "/etc/passwd", "right/Europe/Warsaw", strings.Repeat("A/", 9999), "UTC\x00",
		}},
		"starts_at": {func(s *Spec, v string) { s.StartsAt = v }, []string{
			"", "now", "2026-01-05", "2026-01-05T08:00Z", "2026-01-05T08:00+01:00", "2026-01-05T08:00:00.5", "2026-01-05 08:00",
			"2026-01-05T24:00", "2026-02-30T08:00", "2026-1-5T8:00", "1969-12-31T08:00", "2200-01-01T08:00", "0000-01-01T00:00",
		}},
		"ends_at": {func(s *Spec, v string) { s.EndsAt = v }, []string{
			"", "2026-01-05T08:00", "2026-01-05T07:59", "2026-01-05T24:00", "2026-02-05T08:01", "2027-01-06T08:01", "2026-01-05T17:00Z",
		}},
		"rrule": {func(s *Spec, v string) { s.RRule = v }, []string{
			"WEEKLY", "FREQ", "FREQ=", "FREQ=FORTNIGHTLY", "BYDAY=MO", "FREQ=WEEKLY;;BYDAY=MO", "FREQ=WEEKLY;COLOR=RED", "FREQ=DAILY;FREQ=WEEKLY",
			"FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY;INTERVAL=2",
			"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=1001", "FREQ=DAILY;INTERVAL=99999999999999999999",
			"FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=-5", "FREQ=DAILY;COUNT=10001", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
			"FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=20251231", "FREQ=DAILY;UNTIL=20260105T135959Z",
			"DTSTART:20260101T080000\nRRULE:FREQ=DAILY", "FREQ=DAILY;DTSTART=20260101T080000Z", "FREQ=DAILY\r\nX-EVIL:1", "FREQ=DAILY\rA=B",
			"FREQ=MONTHLY;BYDAY=53MO", "FREQ=MONTHLY;BYDAY=-6MO", "FREQ=YEARLY;BYMONTH=2;BYDAY=53MO", "FREQ=YEARLY;BYDAY=54MO",
			"FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;BYDAY=2MO", "FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;WKST=2MO",
			"FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=WEEKLY;BYMONTHDAY=3", "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYYEARDAY=367", "FREQ=MONTHLY;BYYEARDAY=3",
			"FREQ=MONTHLY;BYWEEKNO=3", "FREQ=YEARLY;BYEASTER=500", "FREQ=MONTHLY;BYSETPOS=1", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
			"FREQ=DAILY;BYHOUR=25", "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6", "FREQ=DAILY;BYMINUTE=0,1,2;BYSECOND=1,2,3",
			"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
			"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
			"FREQ=WEEKLY;BYDAY=" + strings.Repeat("MO,", 300) + "MO",
		}},
	}
	for field, f := range fields {
		for _, value := range f.values {
			spec := good
			f.set(&spec, value)
			_, err := New(spec)
			var wrong fault.Invalid
			require.ErrorAs(t, err, &wrong, "%s %q", field, value)
			require.Len(t, wrong, 1, "%s %q", field, value)
			require.Equal(t, field, wrong[0].Field, "%q: %s", value, wrong[0].Code)
		}
	}
}

func TestNewAcceptsUnusualRules(t *testing.T) {
	for _, rule := range []string{
		"", "FREQ=YEARLY", "FREQ=YEARLY;COUNT=10000", "FREQ=YEARLY;INTERVAL=1000", "FREQ=DAILY;UNTIL=99991231T235959Z", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYDAY=53SU", "FREQ=YEARLY;BYYEARDAY=-1", "FREQ=DAILY;BYHOUR=8;BYMINUTE=0;BYSECOND=0",
	} {
		s, err := New(Spec{Title: "x", TimeZone: "UTC", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: rule, Enabled: true})
		require.NoError(t, err, rule)
		NewSet([]Schedule{s}).NextOpen(s.Starts.In(time.UTC))
	}
}

// FuzzNew throws rules at New. What it accepts must also be answered, and be
// exported: neither may panic or take long, however odd the rule is.
func FuzzNew(f *testing.F) {
	for _, rule := range []string{
		"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=SU;WKST=SU",
		"FREQ=DAILY;INTERVAL=3;UNTIL=20270101T000000Z", "FREQ=YEARLY;BYYEARDAY=-366,366", "FREQ=MONTHLY;BYMONTHDAY=-31;BYSETPOS=-1,1", "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=30",
	} {
		f.Add(rule)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		s, err := New(Spec{Title: "x", TimeZone: "America/Chicago", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-06T09:00", RRule: rule, Enabled: true})
		if err != nil {
			var wrong fault.Invalid
			require.ErrorAs(t, err, &wrong)
			require.Len(t, wrong, 1)
			require.Equal(t, "rrule", wrong[0].Field)
			return
		}
		set := NewSet([]Schedule{s})
		at := time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC)
		if opens, ok := set.NextOpen(at); ok {
			require.True(t, set.At(opens).Open)
			require.False(t, set.At(opens.Add(-time.Second)).Open)
		}
		set.NextClose(at)
		set.ClosedSince(at)
		require.NotEmpty(t, ICS("x", []Schedule{s}))
		again, err := New(Spec{Title: "x", TimeZone: "America/Chicago", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-06T09:00", RRule: s.RRule})
		require.NoError(t, err)
		require.Equal(t, s.recurrence, again.recurrence, "the plain form means the same")
	})
}
