package schedule

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var yes, no = true, false

// made is a schedule that is switched on; later ones in a list are newer.
func made(t testing.TB, title, zone, starts, ends, rule string, business *bool) Schedule {
	t.Helper()
	s, err := New(Spec{ID: title, Title: title, TimeZone: zone, StartsAt: starts, EndsAt: ends, RRule: rule, Enabled: true, BusinessHours: business})
	require.NoError(t, err)
	return s
}

func setOf(schedules ...Schedule) *Set {
	for i := range schedules {
		schedules[i].Created = time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
	}
	return NewSet(schedules)
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return at
}

const workdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"

// moment is a question and all of its answers; "" stands for none.
type moment struct {
	at                            string
	reason                        Reason
	nextOpen, nextClose, closedAt string
}

func ask(t *testing.T, set *Set, moments []moment) {
	t.Helper()
	text := func(at time.Time, ok bool) string {
		if !ok {
			return ""
		}
		return at.Format(time.RFC3339)
	}
	for _, m := range moments {
		at := instant(t, m.at)
		got := moment{at: m.at, reason: set.At(at).Reason}
		got.nextOpen, got.nextClose, got.closedAt = text(set.NextOpen(at)), text(set.NextClose(at)), text(set.ClosedSince(at))
		require.Equal(t, m, got)
		require.Equal(t, m.reason == Open, set.At(at).Open)
		require.Equal(t, m.reason == Open || m.reason == ClosedBySchedule, set.At(at).Rings)
		require.Equal(t, set.At(at).Rings, set.At(at).InEffect != nil)
	}
}

func TestWeekdays(t *testing.T) {
	set := setOf(made(t, "Weekdays", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil))
	ask(t, set, []moment{
		{"2026-01-05T13:59:59.999Z", OutsideSchedules, "2026-01-05T14:00:00Z", "2026-01-05T23:00:00Z", ""},
		{"2026-01-05T14:00:00Z", Open, "2026-01-06T14:00:00Z", "2026-01-05T23:00:00Z", ""},
		{"2026-01-05T22:59:59.9Z", Open, "2026-01-06T14:00:00Z", "2026-01-05T23:00:00Z", ""},
		{"2026-01-05T23:00:00Z", OutsideSchedules, "2026-01-06T14:00:00Z", "2026-01-06T23:00:00Z", "2026-01-05T23:00:00Z"},
		{"2026-01-09T18:00:00Z", Open, "2026-01-12T14:00:00Z", "2026-01-09T23:00:00Z", ""},
		{"2026-01-11T18:00:00Z", OutsideSchedules, "2026-01-12T14:00:00Z", "2026-01-12T23:00:00Z", "2026-01-09T23:00:00Z"},
		{"2036-11-23T18:00:00+01:00", OutsideSchedules, "2036-11-24T14:00:00Z", "2036-11-24T23:00:00Z", "2036-11-21T23:00:00Z"},
	})
}

func TestDaylightSaving(t *testing.T) {
	tests := []struct {
		name, zone, starts, ends, rule string
		moments                        []moment
	}{
		{"08:00 stays 08:00 over Chicago's spring", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", "FREQ=DAILY", []moment{
			{"2026-03-08T12:59:59Z", OutsideSchedules, "2026-03-08T13:00:00Z", "2026-03-08T22:00:00Z", "2026-03-07T23:00:00Z"},
			{"2026-03-08T13:00:00Z", Open, "2026-03-09T13:00:00Z", "2026-03-08T22:00:00Z", ""},
		}},
		{"and over its fall", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", "FREQ=DAILY", []moment{
			{"2026-11-01T13:59:59Z", OutsideSchedules, "2026-11-01T14:00:00Z", "2026-11-01T23:00:00Z", "2026-10-31T22:00:00Z"},
			{"2026-11-01T14:00:00Z", Open, "2026-11-02T14:00:00Z", "2026-11-01T23:00:00Z", ""},
		}},
		{"a night in Chicago's spring has 7 hours", "America/Chicago", "2026-01-05T22:00", "2026-01-06T06:00", "FREQ=DAILY", []moment{
			{"2026-03-08T04:00:00Z", Open, "2026-03-09T03:00:00Z", "2026-03-08T11:00:00Z", ""},
		}},
		{"and in its fall 9", "America/Chicago", "2026-01-05T22:00", "2026-01-06T06:00", "FREQ=DAILY", []moment{
			{"2026-11-01T03:00:00Z", Open, "2026-11-02T04:00:00Z", "2026-11-01T12:00:00Z", ""},
		}},
		{"Warsaw's spring skips the start, which moves forward", "Europe/Warsaw", "2026-01-05T02:30", "2026-01-05T06:00", "FREQ=DAILY", []moment{
			{"2026-03-29T01:29:59Z", OutsideSchedules, "2026-03-29T01:30:00Z", "2026-03-29T04:00:00Z", "2026-03-28T05:00:00Z"},
		}},
		{"or the end", "Europe/Warsaw", "2026-01-05T01:00", "2026-01-05T02:30", "FREQ=DAILY", []moment{
			{"2026-03-29T01:00:00Z", Open, "2026-03-29T23:00:00Z", "2026-03-29T01:30:00Z", ""},
		}},
		{"or all of it", "Europe/Warsaw", "2026-01-05T02:15", "2026-01-05T02:45", "FREQ=DAILY", []moment{
			{"2026-03-29T00:30:00Z", OutsideSchedules, "2026-03-29T01:15:00Z", "2026-03-29T01:45:00Z", "2026-03-28T01:45:00Z"},
		}},
		{"a start carried past its end is no shift that day", "Europe/Warsaw", "2026-01-05T02:30", "2026-01-05T03:00", "FREQ=DAILY", []moment{
			{"2026-03-29T00:30:00Z", OutsideSchedules, "2026-03-30T00:30:00Z", "2026-03-30T01:00:00Z", "2026-03-28T02:00:00Z"},
		}},
		{"Warsaw's fall shows the start twice; the first counts", "Europe/Warsaw", "2026-01-05T02:30", "2026-01-05T06:00", "FREQ=DAILY", []moment{
			{"2026-10-25T00:29:59Z", OutsideSchedules, "2026-10-25T00:30:00Z", "2026-10-25T05:00:00Z", "2026-10-24T04:00:00Z"},
			{"2026-10-25T01:15:00Z", Open, "2026-10-26T01:30:00Z", "2026-10-25T05:00:00Z", ""},
		}},
		{"likewise the end", "Europe/Warsaw", "2026-01-05T01:00", "2026-01-05T02:30", "FREQ=DAILY", []moment{
			{"2026-10-25T00:29:59Z", Open, "2026-10-26T00:00:00Z", "2026-10-25T00:30:00Z", ""},
			{"2026-10-25T01:15:00Z", OutsideSchedules, "2026-10-26T00:00:00Z", "2026-10-26T01:30:00Z", "2026-10-25T00:30:00Z"},
		}},
		{"an hour shown twice is one shift", "Europe/Warsaw", "2026-01-05T02:15", "2026-01-05T02:45", "FREQ=DAILY", []moment{
			{"2026-10-25T01:20:00Z", OutsideSchedules, "2026-10-26T01:15:00Z", "2026-10-26T01:45:00Z", "2026-10-25T00:45:00Z"},
		}},
		{"the south: Sydney's spring is in October", "Australia/Sydney", "2026-01-05T08:00", "2026-01-05T17:00", "FREQ=DAILY", []moment{
			{"2026-10-03T20:00:00Z", OutsideSchedules, "2026-10-03T21:00:00Z", "2026-10-04T06:00:00Z", "2026-10-03T07:00:00Z"},
			{"2026-04-04T21:30:00Z", OutsideSchedules, "2026-04-04T22:00:00Z", "2026-04-05T07:00:00Z", "2026-04-04T06:00:00Z"},
		}},
		{"Lord Howe's summer is half an hour", "Australia/Lord_Howe", "2026-01-05T02:15", "2026-01-05T06:00", "FREQ=DAILY", []moment{
			{"2026-10-03T15:00:00Z", OutsideSchedules, "2026-10-03T15:45:00Z", "2026-10-03T19:00:00Z", "2026-10-02T19:30:00Z"},
		}},
		{"Santiago skips midnight itself", "America/Santiago", "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY;BYDAY=SU", []moment{
			{"2026-09-06T03:59:59Z", OutsideSchedules, "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z", "2026-08-31T04:00:00Z"},
		}},
		{"Samoa skipped a whole day, which moves to the next", "Pacific/Apia", "2011-12-26T08:00", "2011-12-26T17:00", "FREQ=WEEKLY;BYDAY=FR", []moment{
			{"2011-12-30T12:00:00Z", OutsideSchedules, "2011-12-30T18:00:00Z", "2011-12-31T03:00:00Z", ""},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ask(t, setOf(made(t, "x", test.zone, test.starts, test.ends, test.rule, nil)), test.moments)
		})
	}
}

func TestNewestInEffectWins(t *testing.T) {
	weekdays := made(t, "Weekdays", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil)
	nights := made(t, "Nights", "America/Chicago", "2026-01-05T17:00", "2026-01-06T08:00", "FREQ=DAILY", &no)
	holiday := made(t, "Thanksgiving", "America/Chicago", "2026-11-26T00:00", "2026-11-27T00:00", "", &no)
	rush := made(t, "Rush", "America/Chicago", "2026-11-26T10:00", "2026-11-26T12:00", "", &yes)

	ask(t, setOf(weekdays, holiday), []moment{
		{"2026-11-26T05:59:59Z", OutsideSchedules, "2026-11-27T14:00:00Z", "2026-11-27T23:00:00Z", "2026-11-25T23:00:00Z"},
		{"2026-11-26T06:00:00Z", ClosedBySchedule, "2026-11-27T14:00:00Z", "2026-11-27T23:00:00Z", "2026-11-25T23:00:00Z"},
		{"2026-11-26T18:00:00Z", ClosedBySchedule, "2026-11-27T14:00:00Z", "2026-11-27T23:00:00Z", "2026-11-25T23:00:00Z"},
	})
	ask(t, setOf(weekdays, holiday, rush), []moment{
		{"2026-11-26T15:00:00Z", ClosedBySchedule, "2026-11-26T16:00:00Z", "2026-11-26T18:00:00Z", "2026-11-25T23:00:00Z"},
		{"2026-11-26T17:00:00Z", Open, "2026-11-27T14:00:00Z", "2026-11-26T18:00:00Z", ""},
		{"2026-11-26T18:00:00Z", ClosedBySchedule, "2026-11-27T14:00:00Z", "2026-11-27T23:00:00Z", "2026-11-26T18:00:00Z"},
	})
	// The holiday is older than the weekdays and loses.
	ask(t, setOf(holiday, weekdays), []moment{
		{"2026-11-26T18:00:00Z", Open, "2026-11-27T14:00:00Z", "2026-11-26T23:00:00Z", ""},
	})
	// On call at night: phones ring, callers get the after-hours text.
	ask(t, setOf(weekdays, nights), []moment{
		{"2026-11-25T22:59:59Z", Open, "2026-11-26T14:00:00Z", "2026-11-25T23:00:00Z", ""},
		{"2026-11-25T23:00:00Z", ClosedBySchedule, "2026-11-26T14:00:00Z", "2026-11-26T23:00:00Z", "2026-11-25T23:00:00Z"},
	})
	rush.Enabled = false
	require.Equal(t, "Thanksgiving", setOf(weekdays, holiday, rush).At(instant(t, "2026-11-26T17:00:00Z")).InEffect.Title)

	// Made in the same instant: the greater ID.
	a, b := weekdays, holiday
	a.ID, b.ID = "a", "b"
	require.Equal(t, "b", NewSet([]Schedule{a, b}).At(instant(t, "2026-11-26T17:00:00Z")).InEffect.ID)
	a.ID, b.ID = "b", "a"
	require.Equal(t, "b", NewSet([]Schedule{a, b}).At(instant(t, "2026-11-26T17:00:00Z")).InEffect.ID)
}

func TestShapesOfShifts(t *testing.T) {
	const zone = "Europe/Warsaw"
	weekend := made(t, "Weekend", zone, "2026-01-09T17:00", "2026-01-12T08:00", "FREQ=WEEKLY", nil)
	ask(t, setOf(weekend), []moment{
		{"2026-01-09T15:59:59Z", OutsideSchedules, "2026-01-09T16:00:00Z", "2026-01-12T07:00:00Z", ""},
		{"2026-01-11T03:00:00Z", Open, "2026-01-16T16:00:00Z", "2026-01-12T07:00:00Z", ""},
		{"2026-03-29T03:00:00Z", Open, "2026-04-03T15:00:00Z", "2026-03-30T06:00:00Z", ""},
	})
	season := made(t, "Season", zone, "2026-03-01T00:00", "2026-12-01T00:00", "FREQ=YEARLY", nil)
	ask(t, setOf(season), []moment{
		{"2027-09-01T00:00:00Z", Open, "2028-02-29T23:00:00Z", "2027-11-30T23:00:00Z", ""},
		{"2027-02-01T00:00:00Z", OutsideSchedules, "2027-02-28T23:00:00Z", "2027-11-30T23:00:00Z", "2026-11-30T23:00:00Z"},
	})
	// Each shift is longer than the time to the next: they are one.
	overlapping := made(t, "Overlapping", zone, "2026-01-05T08:00", "2026-01-06T20:00", "FREQ=DAILY;COUNT=3", nil)
	ask(t, setOf(overlapping), []moment{
		{"2026-01-06T12:00:00Z", Open, "", "2026-01-08T19:00:00Z", ""},
		{"2026-01-08T19:00:00Z", OutsideSchedules, "", "", "2026-01-08T19:00:00Z"},
	})
	morning := made(t, "Morning", zone, "2026-01-05T08:00", "2026-01-05T12:00", "FREQ=DAILY", nil)
	afternoon := made(t, "Afternoon", zone, "2026-01-05T13:00", "2026-01-05T17:00", "FREQ=DAILY", nil)
	ask(t, setOf(morning, afternoon), []moment{
		{"2026-01-06T11:30:00Z", OutsideSchedules, "2026-01-06T12:00:00Z", "2026-01-06T16:00:00Z", "2026-01-06T11:00:00Z"},
	})
	// Schedules that touch make one opening.
	midday := made(t, "Midday", zone, "2026-01-05T12:00", "2026-01-05T13:00", "FREQ=DAILY", nil)
	ask(t, setOf(morning, afternoon, midday), []moment{
		{"2026-01-06T08:00:00Z", Open, "2026-01-07T07:00:00Z", "2026-01-06T16:00:00Z", ""},
	})
}

func TestAlwaysOpen(t *testing.T) {
	for _, zone := range []string{"UTC", "America/Chicago", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo"} {
		// Also with the seam in the hours that are skipped or shown twice.
		for _, clock := range []string{"00:00", "01:30", "02:10"} {
			set := setOf(made(t, "24/7", zone, "2026-01-05T"+clock, "2026-01-06T"+clock, "FREQ=DAILY", nil))
			ask(t, set, []moment{
				{"2026-06-30T23:59:59.9Z", Open, "", "", ""},
				{"2026-07-01T04:59:59.9Z", Open, "", "", ""},
			})
		}
	}
}

func TestNeverOpen(t *testing.T) {
	at := "2026-06-30T12:00:00Z"
	off := made(t, "Off", "UTC", "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY", nil)
	off.Enabled = false
	onCall := made(t, "On call", "UTC", "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY", &no)
	ask(t, NewSet(nil), []moment{{at, NoSchedules, "", "", ""}})
	ask(t, setOf(off), []moment{{at, NoSchedules, "", "", ""}})
	ask(t, setOf(onCall, off), []moment{{at, ClosedBySchedule, "", "", ""}})
}

func TestFarAway(t *testing.T) {
	next := made(t, "Next year", "Europe/Warsaw", "2027-11-02T09:00", "2027-11-02T10:00", "FREQ=YEARLY", nil)
	past := made(t, "Past", "Europe/Warsaw", "2024-01-02T09:00", "2024-01-02T10:00", "", nil)
	ask(t, setOf(past, next), []moment{
		{"2026-01-01T00:00:00Z", OutsideSchedules, "2027-11-02T08:00:00Z", "2027-11-02T09:00:00Z", "2024-01-02T09:00:00Z"},
		{"2026-01-01T00:00:00Z", OutsideSchedules, "2027-11-02T08:00:00Z", "2027-11-02T09:00:00Z", "2024-01-02T09:00:00Z"},
		{"2000-01-01T00:00:00Z", OutsideSchedules, "", "", ""}, // More than five years ahead.
		{"0001-01-01T00:00:00Z", OutsideSchedules, "", "", ""},
		{"9999-12-31T23:59:59Z", OutsideSchedules, "", "", "9999-11-02T09:00:00Z"},
	})
}

func TestEndOfARule(t *testing.T) {
	tests := []struct{ rule, lastClose string }{
		{"FREQ=DAILY;COUNT=2", "2026-01-06T16:00:00Z"},
		{"FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", "2026-01-13T16:00:00Z"},  // The start, a Monday, is not counted.
		{"FREQ=DAILY;UNTIL=20260107", "2026-01-07T16:00:00Z"},        // Through that day.
		{"FREQ=DAILY;UNTIL=20260107T075959", "2026-01-06T16:00:00Z"}, // On the wall.
		{"FREQ=DAILY;UNTIL=20260107T080000", "2026-01-07T16:00:00Z"},
		{"FREQ=DAILY;UNTIL=20260107T065959Z", "2026-01-06T16:00:00Z"}, // In UTC, an hour behind.
		{"FREQ=DAILY;UNTIL=20260107T070000Z", "2026-01-07T16:00:00Z"},
		{"FREQ=DAILY;BYHOUR=8,9;COUNT=3", "2026-01-06T16:00:00Z"},
		{"", "2026-01-05T16:00:00Z"},
	}
	for _, test := range tests {
		set := setOf(made(t, "x", "Europe/Warsaw", "2026-01-05T08:00", "2026-01-05T17:00", test.rule, nil))
		since, ok := set.ClosedSince(instant(t, "2026-06-01T00:00:00Z"))
		require.True(t, ok, test.rule)
		require.Equal(t, test.lastClose, since.Format(time.RFC3339), test.rule)
	}
}

func TestExplain(t *testing.T) {
	weekdays := made(t, "Weekdays", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil)
	holiday := made(t, "Shutdown", "America/Chicago", "2026-12-21T00:00", "2027-01-04T00:00", "", &no)
	always := made(t, "Always", "UTC", "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY", nil)
	tests := []struct {
		set      *Set
		at, want string
	}{
		{setOf(weekdays), "2026-11-23T15:00:00Z", `open until 17:00, because "Weekdays" is in effect`},
		{setOf(weekdays), "2026-11-28T05:59:00Z", `closed until Monday 08:00, because no schedule is in effect`},
		{setOf(weekdays), "2026-11-23T13:00:00Z", `closed until 08:00, because no schedule is in effect`},
		{setOf(weekdays, holiday), "2026-12-22T15:00:00Z", `closed until Monday 4 January 2027 08:00, because "Shutdown" is in effect, which is not business hours; phones still ring`},
		{setOf(holiday), "2026-12-22T15:00:00Z", `closed with no opening in sight, because "Shutdown" is in effect, which is not business hours; phones still ring`},
		{setOf(always), "2026-12-22T15:00:00Z", `open with no end in sight, because "Always" is in effect`},
		{setOf(), "2026-12-22T15:00:00Z", `always closed, because no schedule is switched on`},
	}
	for _, test := range tests {
		require.Equal(t, test.want, test.set.At(instant(t, test.at)).Explain())
	}
}

// Memory must stay bounded however many instants are asked about, and the
// answers right while many goroutines fill and empty it.
func TestManyAskAtOnce(t *testing.T) {
	shared := setOf(twentyFive(t)...)
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for day := range 500 {
				at := time.Date(2026, 1, 1+5*day, 6*i, 0, 0, 0, time.UTC)
				if got, want := shared.who(at.Unix()), freshWho(shared, at.Unix()); got != want {
					t.Errorf("at %s: %d, want %d", at, got, want)
				}
			}
		})
	}
	wait.Wait()
	require.LessOrEqual(t, shared.size, maxSize+2000)
}

// freshWho asks without the kept timeline.
func freshWho(s *Set, at int64) int {
	return s.draw(at, at+1)[0].who
}

func twentyFive(t testing.TB) []Schedule {
	all := make([]Schedule, 25)
	for i := range all {
		starts := fmt.Sprintf("2016-01-%02dT%02d:00", 4+i%5, 6+i%12)
		ends := fmt.Sprintf("2016-01-%02dT%02d:30", 4+i%5, 6+i%12)
		all[i] = made(t, fmt.Sprint(i), "America/Chicago", starts, ends, workdays, nil)
	}
	return all
}

func BenchmarkAt(b *testing.B) {
	set := setOf(twentyFive(b)...)
	at := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		set.At(at)
	}
}

func BenchmarkNextOpen(b *testing.B) {
	set := setOf(twentyFive(b)...)
	at := time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		set.NextOpen(at)
	}
}

// BenchmarkCold is the first question after an edit.
func BenchmarkCold(b *testing.B) {
	schedules := twentyFive(b)
	at := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		setOf(schedules...).At(at)
	}
}
