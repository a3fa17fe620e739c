package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWhenATeamHasBeenOpenForSoLong: what is closed does not count, and the end of a day
// does.
func TestWhenATeamHasBeenOpenForSoLong(t *testing.T) {
	weekdays := setOf(made(t, "Weekdays", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil))
	for _, c := range []struct {
		from string
		open time.Duration
		want string
	}{
		{"2026-06-05T16:00:00-05:00", time.Hour, "2026-06-05T17:00:00-05:00"}, // a Friday
		{"2026-06-05T16:00:01-05:00", time.Hour, "2026-06-08T08:00:01-05:00"},
		{"2026-06-05T16:30:00-05:00", time.Hour, "2026-06-08T08:30:00-05:00"},
		{"2026-06-05T17:00:00-05:00", time.Hour, "2026-06-08T09:00:00-05:00"},
		{"2026-06-06T03:00:00-05:00", 10 * time.Minute, "2026-06-08T08:10:00-05:00"},
		{"2026-06-05T16:00:00-05:00", 11 * time.Hour, "2026-06-09T09:00:00-05:00"},
		{"2026-03-06T16:30:00-06:00", time.Hour, "2026-03-09T08:30:00-05:00"}, // the clock is put forward in between
		{"2026-10-30T16:30:00-05:00", time.Hour, "2026-11-02T08:30:00-06:00"}, // and back
	} {
		at, ok := weekdays.AfterOpen(instant(t, c.from), c.open)
		require.True(t, ok, c.from)
		require.Equal(t, instant(t, c.want).UTC(), at.UTC(), "%s after %s", c.open, c.from)
	}
	_, ok := setOf().AfterOpen(instant(t, "2026-06-05T16:00:00-05:00"), time.Minute)
	require.False(t, ok, "it never is")
	at, ok := setOf(made(t, "Always", "UTC", "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY", nil)).AfterOpen(instant(t, "2026-06-05T23:59:59.9Z"), time.Hour)
	require.True(t, ok)
	require.Equal(t, instant(t, "2026-06-06T00:59:59.9Z").UTC(), at.UTC())
}

// TestWhenOneOfThemIsInEffectNext: from that instant on, and not later than is looked.
func TestWhenOneOfThemIsInEffectNext(t *testing.T) {
	weekdays := made(t, "Weekdays", "UTC", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil)
	saturdays := made(t, "Saturdays", "UTC", "2026-01-10T08:00", "2026-01-10T12:00", "FREQ=WEEKLY", nil)
	set := setOf(weekdays, saturdays)
	on := func(title string) func(*Schedule) bool { return func(s *Schedule) bool { return s.Title == title } }
	for _, c := range []struct {
		from   string
		within time.Duration
		title  string
		want   string // empty: none
	}{
		{"2026-06-05T09:00:00Z", time.Hour, "Weekdays", "2026-06-05T09:00:00Z"}, // a Friday
		{"2026-06-05T09:00:00Z", 23 * time.Hour, "Saturdays", "2026-06-06T08:00:00Z"},
		{"2026-06-05T09:00:01Z", 23*time.Hour - 2*time.Second, "Saturdays", ""},
		{"2026-06-06T12:00:00Z", 7 * 24 * time.Hour, "Saturdays", "2026-06-13T08:00:00Z"},
		{"2026-06-06T12:00:00Z", 6 * 24 * time.Hour, "Saturdays", ""},
		{"2026-06-06T12:00:00Z", 60 * 24 * time.Hour, "Sundays", ""},
	} {
		at, ok := set.NextIn(instant(t, c.from), c.within, on(c.title))
		require.Equal(t, c.want != "", ok, "%s after %s", c.title, c.from)
		if ok {
			require.Equal(t, instant(t, c.want).UTC(), at.UTC())
		}
	}
}

// TestOfTwoHolidaysTheFirstIsSaid: a team's own words go before the company's.
func TestOfTwoHolidaysTheFirstIsSaid(t *testing.T) {
	holiday := func(title, from, to string) Holiday {
		h, err := NewHoliday(title, Days{Title: title, From: from, To: to}, map[string]string{"after_hours_text": title}, time.UTC)
		require.NoError(t, err)
		return h
	}
	weekdays := made(t, "Weekdays", "UTC", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil)
	set := NewSet([]Schedule{weekdays}, holiday("Ours", "2026-12-24", "2026-12-24"), holiday("The company's", "2026-12-23", "2026-12-25"))
	for at, title := range map[string]string{"2026-12-23T12:00:00Z": "The company's", "2026-12-24T12:00:00Z": "Ours", "2026-12-25T12:00:00Z": "The company's"} {
		state := set.At(instant(t, at))
		require.Equal(t, []any{ClosedByHoliday, title, title}, []any{state.Reason, state.Holiday.Title, state.Holiday.Messages["after_hours_text"]}, at)
	}
}
