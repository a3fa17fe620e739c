package settings

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings/schedule"
)

// hoursOf are hours in one line each: the week's, then the dates.
func hoursOf(h channels.CallHours) string {
	var all []string
	for _, d := range append(h.Week, h.Days...) {
		all = append(all, d.Day+" "+d.From+"-"+d.To)
	}
	return strings.Join(all, ", ")
}

// TestCallHours: what ring schedules and holidays come to as Meta's weeks and
// dates, asked on a Monday.
func TestCallHours(t *testing.T) {
	no := false
	spec := func(id, starts, ends, rule string, business *bool) schedule.Spec {
		return schedule.Spec{
			ID: id, Title: id, TimeZone: "America/Chicago", StartsAt: starts, EndsAt: ends, RRule: rule, Enabled: true, BusinessHours: business,
			Created: time.Date(2026, 1, 1, 0, 0, len(id), 0, time.UTC),
		}
	}
	week := spec("a", "2026-01-05T08:00", "2026-01-05T17:00", "FREQ=WEEKLY;BYDAY=MO,FR", nil)
	const usual = "MONDAY 0800-1700, FRIDAY 0800-1700"
	for name, c := range map[string]struct {
		specs    []schedule.Spec
		holidays []schedule.Days
		want     string
	}{
		"no schedule":      {nil, nil, ""},
		"a week":           {[]schedule.Spec{week}, nil, usual},
		"a holiday":        {[]schedule.Spec{week}, []schedule.Days{{From: "2026-06-05", To: "2026-06-08", Title: "Away"}}, usual + ", 2026-06-05 0000-0001, 2026-06-08 0000-0001"},
		"one on a day off": {[]schedule.Spec{week}, []schedule.Days{{From: "2026-06-03", To: "2026-06-03", Title: "Away"}}, usual},
		"in force for all": {[]schedule.Spec{week}, []schedule.Days{{From: "2026-06-01", To: "2026-09-01", Title: "Away"}}, ""},
		"one day longer":   {[]schedule.Spec{week, spec("bb", "2026-06-05T07:00", "2026-06-05T20:30", "", nil)}, nil, usual + ", 2026-06-05 0700-2030"},
		"on call at night": {[]schedule.Spec{spec("a", "2026-01-05T22:00", "2026-01-06T06:00", "FREQ=WEEKLY;BYDAY=MO", &no)}, nil, "MONDAY 2200-2359, TUESDAY 0000-0600"},
		"all the time":     {[]schedule.Spec{spec("a", "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=WEEKLY;BYDAY=MO", nil)}, nil, "MONDAY 0000-2359"},
		"three times a day are two": {[]schedule.Spec{
			spec("a", "2026-01-05T08:00", "2026-01-05T10:00", "FREQ=WEEKLY", nil), spec("bb", "2026-01-05T12:00", "2026-01-05T14:00", "FREQ=WEEKLY", nil),
			spec("ccc", "2026-01-05T15:00", "2026-01-05T18:00", "FREQ=WEEKLY", nil),
		}, nil, "MONDAY 0800-1000, MONDAY 1200-1800"},
	} {
		var all []schedule.Schedule
		for _, one := range c.specs {
			s, err := schedule.New(one)
			require.NoError(t, err, name)
			all = append(all, s)
		}
		zone, err := time.LoadLocation("America/Chicago")
		require.NoError(t, err)
		var days []schedule.Holiday
		for _, one := range c.holidays {
			h, err := schedule.NewHoliday("h", one, nil, zone)
			require.NoError(t, err, name)
			days = append(days, h)
		}
		team := &Snapshot{Team: Team{TimeZone: "America/Chicago"}, Schedules: schedule.NewSet(all, days...)}
		got := team.CallHours(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
		require.True(t, got.Enabled, name)
		require.Equal(t, "America/Chicago", got.Zone, name)
		require.Equal(t, c.want, hoursOf(got), name)
	}
}

// TestNoMoreDatesThanMetaTakes: the first twenty.
func TestNoMoreDatesThanMetaTakes(t *testing.T) {
	s, err := schedule.New(schedule.Spec{ID: "a", Title: "a", TimeZone: "UTC", StartsAt: "2026-01-05T08:00", EndsAt: "2026-01-05T17:00", RRule: "FREQ=DAILY;INTERVAL=2", Enabled: true})
	require.NoError(t, err)
	team := &Snapshot{Team: Team{TimeZone: "UTC"}, Schedules: schedule.NewSet([]schedule.Schedule{s})}
	got := team.CallHours(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	require.Len(t, got.Days, maxDates)
}
