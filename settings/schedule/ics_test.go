package schedule

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func calendarOfTests(t *testing.T) []byte {
	until := made(t, "Tuesdays, from a Monday", "America/Chicago", "2026-01-05T08:00", "2026-01-05T17:00", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630", nil)
	nights := made(t, "Nights; on call\\ and then some, to make the line so long that it must be folded: żółć", "Europe/Warsaw", "2026-06-01T17:00", "2026-06-02T08:00", "FREQ=DAILY", &no)
	once := made(t, "Inventory", "UTC", "2026-02-01T00:00", "2026-02-02T00:00", "", &no)
	once.Enabled = false
	schedules := []Schedule{until, nights, once}
	for i := range schedules {
		schedules[i].ID, schedules[i].Created = string(rune('a'+i)), time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	}
	christmas, err := NewHoliday("d", Days{Title: "Christmas; closed", From: "2026-12-24", To: "2026-12-26"}, nil, time.UTC)
	require.NoError(t, err)
	return ICS("Service, Green Valley", schedules, christmas)
}

// UPDATE=1 writes the golden file anew.
func TestICS(t *testing.T) {
	got := calendarOfTests(t)
	for line := range strings.SplitSeq(strings.TrimSuffix(string(got), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75, line)
		require.True(t, utf8.ValidString(line), line)
		require.NotContains(t, line, "\n")
	}
	readable := strings.ReplaceAll(string(got), "\r\n", "\n")
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile("testdata/schedules.ics", []byte(readable), 0o644))
	}
	want, err := os.ReadFile("testdata/schedules.ics")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), readable))
}

// A fold falls between letters, and unfolding gives back the line.
func TestFolding(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("a", 75), strings.Repeat("a", 76), strings.Repeat("aż", 200), strings.Repeat("😀", 99)} {
		var c calendar
		c.Line(text)
		for part := range strings.SplitSeq(c.String(), "\r\n") {
			require.LessOrEqual(t, len(part), 75)
			require.True(t, utf8.ValidString(part))
		}
		require.Equal(t, text+"\r\n", strings.ReplaceAll(c.String(), "\r\n ", ""))
	}
}

// The changes of a zone are those between which its offset holds.
func TestChanges(t *testing.T) {
	for zone, want := range map[string]int{"America/Chicago": 80, "Australia/Lord_Howe": 80, "UTC": 0, "Asia/Kathmandu": 0} {
		location, err := time.LoadLocation(zone)
		require.NoError(t, err)
		from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		found := changes(location, from, from.AddDate(40, 0, 0))
		require.Len(t, found, want, zone)
		for i, change := range found {
			require.NotEqual(t, offset(change.Unix()-1, location), offset(change.Unix(), location))
			if i > 0 {
				require.Equal(t, offset(found[i-1].Unix(), location), offset(change.Unix()-1, location))
			}
		}
	}
}
