package rules

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/schedule"
)

// TestWhoseTurnItIs: whoever got one longest ago, of those who are on duty and have room.
func TestWhoseTurnItIs(t *testing.T) {
	monday := time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC) // 10:00 in Chicago
	days, err := schedule.New(schedule.Spec{
		ID: "days", Title: "Days", TimeZone: "America/Chicago", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00",
		RRule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", Enabled: true,
	})
	require.NoError(t, err)
	set := schedule.NewSet([]schedule.Schedule{days})
	staff := func(open ...int) (all []Candidate) {
		for n, name := range []string{"Ann", "Ben", "Cleo"} {
			all = append(all, Candidate{ID: string(rune('a' + n)), Name: name, OnTeam: n < 2 || len(open) > 2, Open: open[min(n, len(open)-1)]})
		}
		return all
	}
	for name, c := range map[string]struct {
		at     time.Time
		names  []string // by the schedule
		limit  int
		all    []Candidate
		served []string
		want   Turn
	}{
		"nobody got one":                 {monday, nil, 0, staff(9, 9, 9), nil, Turn{"a", "Ann", NextInTurn, 3, 0}},
		"whoever waits longest":          {monday, nil, 0, staff(0, 0, 0), []string{"b", "c", "a"}, Turn{"b", "Ben", NextInTurn, 3, 0}},
		"somebody new is first":          {monday, nil, 0, staff(0, 0, 0), []string{"b", "a"}, Turn{"c", "Cleo", NextInTurn, 3, 0}},
		"who has all they can is passed": {monday, nil, 2, staff(2, 1, 0), []string{"a", "b", "c"}, Turn{"b", "Ben", NextInTurn, 3, 1}},
		"all have all they can":          {monday, nil, 2, staff(2, 2, 3), nil, Turn{"", "", AllAtLimit, 3, 3}},
		"closed":                         {monday.Add(12 * time.Hour), nil, 0, staff(0, 0, 0), nil, Turn{"", "", NobodyOnDuty, 0, 0}},
		"nobody there":                   {monday, nil, 0, nil, nil, Turn{"", "", NobodyOnDuty, 0, 0}},
		"whom the schedule names":        {monday, []string{"c", "b"}, 0, staff(0, 0, 0), []string{"a"}, Turn{"b", "Ben", NextInTurn, 2, 0}},
		"an admin who is not on it":      {monday, nil, 0, staff(0, 0), []string{"a", "b"}, Turn{"a", "Ann", NextInTurn, 2, 0}},
		"an admin whom it names":         {monday, []string{"c"}, 0, staff(0, 0), nil, Turn{"c", "Cleo", NextInTurn, 1, 0}},
	} {
		team := &settings.Snapshot{Schedules: set, Rings: map[string][]string{"days": c.names}}
		team.Team.OpenTicketsPerAdvisor = c.limit
		require.Equal(t, c.want, InTurn(team, c.at, c.all, c.served), name)
	}
	require.Equal(t, map[string]any{"assigned_why": "next_in_turn", "assigned_to": "Ann", "assigned_id": "a", "on_duty": 3, "at_limit": 1}, Turn{"a", "Ann", NextInTurn, 3, 1}.Facts())
}
