package schedule

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASchedulesOccurrencesMeet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		starts, ends, rule string
		meet               bool
	}{
		{"2026-01-05T08:00", "2026-01-05T17:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", false},
		{"2026-01-05T00:00", "2026-01-06T00:00", "FREQ=DAILY", false}, // one ends as the next begins
		{"2026-01-05T08:00", "2026-01-06T08:00:01", "FREQ=DAILY", true},
		{"2026-01-05T08:00", "2026-01-06T09:00", "FREQ=DAILY;INTERVAL=2", false},
		{"2026-01-05T08:00", "2026-01-06T09:00", "FREQ=DAILY;COUNT=1", false},
		{"2026-01-05T08:00", "2026-01-06T09:00", "", false},
		{"2026-01-05T22:00", "2026-01-06T23:00", "FREQ=WEEKLY;BYDAY=MO,WE,SU", true}, // Sunday's meets Monday's
		{"2026-01-09T17:00", "2026-01-12T08:00", "FREQ=WEEKLY;BYDAY=FR", false},
		{"2026-01-05T08:00", "2026-01-05T13:00", "FREQ=DAILY;BYHOUR=8,12", true},
		{"2026-01-05T08:00", "2026-01-05T12:00", "FREQ=DAILY;BYHOUR=8,12", false},
		{"2026-01-01T08:00", "2026-01-02T09:00", "FREQ=MONTHLY;BYMONTHDAY=1,-1", true},
		{"2026-01-05T08:00", "2026-02-06T08:00", "FREQ=MONTHLY;BYDAY=1MO", true}, // four weeks later, in most months
		{"2026-01-01T00:00", "2026-01-02T12:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29", true},
		{"2026-03-01T00:00", "2026-12-01T00:00", "FREQ=YEARLY", false},
	} {
		one := made(t, "One", "Europe/Warsaw", c.starts, c.ends, c.rule, nil)
		require.Equal(t, c.meet, one.MeetsItself(), "%v", c)
	}
}
