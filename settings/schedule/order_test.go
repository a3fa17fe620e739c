package schedule

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAnOrderTurned: of two that overlap the one counts that is ranked later, whenever
// they were made, now and in every week to come.
func TestAnOrderTurned(t *testing.T) {
	weekdays := made(t, "Weekdays", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil)
	lunch := made(t, "Lunch", "America/Chicago", "2026-01-05T12:00", "2026-01-05T13:00", workdays, &no)
	early, late := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	weekdays.Created, lunch.Created = early, late
	for _, c := range []struct {
		name           string
		weekdays       time.Time // when each is ranked; zero: by when it was made
		lunch          time.Time
		noon           string
		open           bool
		blocks         []string // of a day months ahead
		over, onlyThen string   // which counts over the other, and which is never in effect
	}{
		{"as they were made", time.Time{}, time.Time{}, "Lunch", false, []string{"Weekdays 480-720", "Lunch 720-780", "Weekdays 780-1020"}, "Lunch", ""},
		{"turned", late, early, "Weekdays", true, []string{"Weekdays 480-1020"}, "Weekdays", "Lunch"},
		{"turned back", early, late, "Lunch", false, []string{"Weekdays 480-720", "Lunch 720-780", "Weekdays 780-1020"}, "Lunch", ""},
		{"one alone was put elsewhere", late.Add(time.Second), time.Time{}, "Weekdays", true, []string{"Weekdays 480-1020"}, "Weekdays", "Lunch"},
	} {
		weekdays.Ranked, lunch.Ranked = c.weekdays, c.lunch
		for _, given := range [][]Schedule{{weekdays, lunch}, {lunch, weekdays}} {
			set := NewSet(given)
			state := set.At(instant(t, "2026-06-03T17:30:00Z"))
			require.Equal(t, c.noon, state.InEffect.Title, c.name)
			require.Equal(t, c.open, state.Open, c.name)
			require.Contains(t, state.Explain(), c.noon, c.name)
			var blocks []string
			for _, b := range set.Day(instant(t, "2026-11-04T18:00:00Z").In(weekdays.Zone)) {
				blocks = append(blocks, blockSaid(b))
			}
			require.Equal(t, c.blocks, blocks, c.name)
			require.Equal(t, c.over, set.Overlaps(instant(t, "2026-06-03T10:00:00Z"), year)[0].Over.Title, c.name)
			never := ""
			for _, u := range set.Unused(instant(t, "2026-06-03T10:00:00Z"), year) {
				never += u.Schedule.Title
			}
			require.Equal(t, c.onlyThen, never, c.name)
		}
	}
}

func blockSaid(b Block) string { return fmt.Sprintf("%s %d-%d", b.InEffect.Title, b.Starts, b.Ends) }
