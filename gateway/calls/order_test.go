package calls_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings/schedule"
)

// TestWhomTheOrderRings: where two schedules overlap, those of the first ring.
func TestWhomTheOrderRings(t *testing.T) {
	no := false
	for _, c := range []struct {
		first string
		heard string
	}{
		{"weekdays", "[ringing ann], ring +1ann"},
		{"stocktaking", "[ringing bob], ring +1bob"},
	} {
		var both []schedule.Schedule
		for _, s := range []schedule.Spec{{ID: "weekdays"}, {ID: "stocktaking", BusinessHours: &no}} {
			s.Title, s.TimeZone, s.StartsAt, s.EndsAt, s.RRule, s.Enabled = s.ID, "UTC", "2026-06-01T08:00", "2026-06-01T17:00", "FREQ=DAILY", true
			s.Created, s.Ranked = monday, monday
			if s.ID == c.first {
				s.Ranked = monday.Add(time.Microsecond)
			}
			one, err := schedule.New(s)
			require.NoError(t, err)
			both = append(both, one)
		}
		team := newTeam(t)
		team.Schedules = schedule.NewSet(both)
		team.Rings = map[string][]string{"weekdays": {"ann"}, "stocktaking": {"bob"}}
		require.Equal(t, c.heard, call(team, monday.Add(time.Hour), "", "", "bridged")[1], c.first)
	}
}
