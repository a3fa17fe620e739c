package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawn is a day's blocks as one would say them.
func drawn(set *Set, t time.Time) string {
	var said []string
	for _, b := range set.Day(t) {
		said = append(said, fmt.Sprintf("%02d:%02d-%02d:%02d %s", b.Starts/60, b.Starts%60, b.Ends/60, b.Ends%60, b.InEffect.Title))
	}
	return strings.Join(said, ", ")
}

func TestADaysBlocks(t *testing.T) {
	const zone = "Europe/Warsaw"
	set := setOf(
		made(t, "Days", zone, "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil),
		made(t, "Nights", zone, "2026-01-05T22:00", "2026-01-06T06:00", workdays, &no),
		made(t, "Lunch", zone, "2026-01-05T12:00", "2026-01-05T12:30", "FREQ=WEEKLY;BYDAY=WE", &no),
		made(t, "Holiday", zone, "2026-12-24T00:00", "2026-12-25T00:00", "", &no),
	)
	warsaw, err := time.LoadLocation(zone)
	require.NoError(t, err)
	on := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 13, 0, 0, 0, warsaw) }
	for at, want := range map[time.Time]string{
		on(6, 1):   "08:00-17:00 Days, 22:00-24:00 Nights",
		on(6, 3):   "00:00-06:00 Nights, 08:00-12:00 Days, 12:00-12:30 Lunch, 12:30-17:00 Days, 22:00-24:00 Nights",
		on(6, 6):   "00:00-06:00 Nights",
		on(6, 7):   "",
		on(12, 24): "00:00-24:00 Holiday",
		on(12, 25): "00:00-06:00 Nights, 08:00-17:00 Days, 22:00-24:00 Nights",
	} {
		require.Equal(t, want, drawn(set, at), at)
	}
	chicago, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	require.Equal(t, "01:00-10:00 Days, 15:00-23:00 Nights", drawn(set, time.Date(2026, 6, 1, 0, 0, 0, 0, chicago)))
}

func TestADayOnWhichTheClockChanges(t *testing.T) {
	const zone = "Europe/Warsaw"
	always := setOf(made(t, "Always", zone, "2026-01-01T00:00", "2026-01-02T00:00", "FREQ=DAILY", nil))
	early := setOf(made(t, "Early", zone, "2026-01-01T02:30", "2026-01-01T04:00", "FREQ=DAILY", nil))
	warsaw, err := time.LoadLocation(zone)
	require.NoError(t, err)
	for _, at := range []time.Time{time.Date(2026, 3, 29, 12, 0, 0, 0, warsaw), time.Date(2026, 10, 25, 12, 0, 0, 0, warsaw)} {
		require.Equal(t, "00:00-24:00 Always", drawn(always, at))
		blocks := always.Day(at)
		_, offset := blocks[0].From.Zone()
		_, later := blocks[0].To.Zone()
		require.Equal(t, 24*time.Hour-time.Duration(later-offset)*time.Second, blocks[0].To.Sub(blocks[0].From))
	}
	require.Equal(t, "03:30-04:00 Early", drawn(early, time.Date(2026, 3, 29, 12, 0, 0, 0, warsaw)))
	require.Equal(t, "02:30-04:00 Early", drawn(early, time.Date(2026, 10, 25, 12, 0, 0, 0, warsaw)))
}

func TestADaysBlocksAreWhatAtSays(t *testing.T) {
	var names []string
	for name := range places {
		names = append(names, name)
	}
	slices.Sort(names)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "zone")
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		near, err := time.ParseInLocation(time.DateOnly, rapid.SampledFrom(places[name]).Draw(t, "near"), zone)
		require.NoError(t, err)
		var all []Schedule
		for age := range rapid.IntRange(0, 4).Draw(t, "schedules") {
			if s, err := New(drawPlan(t, name, near, age).spec()); err == nil {
				all = append(all, s)
			}
		}
		set, day := NewSet(all), near.AddDate(0, 0, rapid.IntRange(-2, 40).Draw(t, "days")).Add(12*time.Hour)
		blocks := set.Day(day)
		for minute := -26 * 60; minute < 26*60; minute++ {
			at := day.Add(time.Duration(minute) * time.Minute)
			if at.YearDay() != day.YearDay() {
				continue
			}
			var in *Schedule
			for _, b := range blocks {
				if !at.Before(b.From) && at.Before(b.To) {
					require.Nil(t, in, "two blocks at %s", at)
					in = b.InEffect
				}
			}
			require.Same(t, set.At(at).InEffect, in, "%s", at)
		}
	})
}
