package schedule

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const year = 366 * 24 * time.Hour

func TestTheFirstTimeThatTwoOverlap(t *testing.T) {
	const zone = "Europe/Warsaw"
	off := made(t, "Off", zone, "2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY", nil)
	off.Enabled = false
	set := setOf(
		made(t, "Days", zone, "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil),
		made(t, "Nights", zone, "2026-01-05T17:00", "2026-01-06T08:00", workdays, &no), // touches
		made(t, "Lunch", zone, "2026-01-05T12:00", "2026-01-05T12:30", "FREQ=WEEKLY;BYDAY=WE", &no),
		made(t, "Chicago", "America/Chicago", "2026-12-24T00:00", "2026-12-24T06:00", "", nil), // 07:00 to 13:00 in Warsaw
		off,
	)
	var said []string
	for _, o := range set.Overlaps(instant(t, "2026-06-01T10:00:00Z"), year) {
		said = append(said, o.Over.Title+" over "+o.Under.Title+" "+o.From.Format(time.RFC3339))
	}
	require.Equal(t, []string{
		"Lunch over Days 2026-06-03T10:00:00Z",
		"Chicago over Nights 2026-12-24T06:00:00Z",
		"Chicago over Days 2026-12-24T07:00:00Z",
	}, said)
	require.Empty(t, set.Overlaps(instant(t, "2026-06-01T10:00:00Z"), 24*time.Hour), "not so soon")
	under := set.Overlaps(instant(t, "2026-06-03T10:10:00Z"), year)
	require.Equal(t, instant(t, "2026-06-03T10:00:00Z"), under[0].From, "one that is under way began before")
}

func TestSchedulesThatAreNotOnceInEffect(t *testing.T) {
	const zone = "Europe/Warsaw"
	warsaw, err := time.LoadLocation(zone)
	require.NoError(t, err)
	closed, err := NewHoliday("h", Days{"Summer", "2026-07-01", "2026-07-31"}, nil, warsaw)
	require.NoError(t, err)
	all := []Schedule{
		made(t, "Early", zone, "2026-01-05T08:00", "2026-01-05T09:00", workdays, nil), // under Days
		made(t, "Days", zone, "2026-01-05T08:00", "2026-01-05T17:00", workdays, nil),
		made(t, "July", zone, "2026-07-04T10:00", "2026-07-04T12:00", "FREQ=WEEKLY;BYDAY=SA;COUNT=3", nil), // under the holiday
		made(t, "Last year", zone, "2025-01-04T10:00", "2025-01-04T12:00", "FREQ=WEEKLY;BYDAY=SA;COUNT=3", nil),
	}
	for i := range all {
		all[i].Created = time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
	}
	said := map[string]string{}
	for _, u := range NewSet(all, closed).Unused(instant(t, "2026-06-01T10:00:00Z"), year) {
		switch {
		case u.Under.Holiday != nil:
			said[u.Schedule.Title] = u.Under.Holiday.Title + u.From.Format(" 2006-01-02 15:04")
		case u.Under.InEffect != nil:
			said[u.Schedule.Title] = u.Under.InEffect.Title + u.From.Format(" 2006-01-02 15:04")
		default:
			require.Zero(t, u.From)
			said[u.Schedule.Title] = ""
		}
	}
	require.Equal(t, map[string]string{"Early": "Days 2026-06-02 06:00", "July": "Summer 2026-07-04 08:00", "Last year": ""}, said)
}
