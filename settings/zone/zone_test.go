package zone_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings/zone"
)

// TestClocksThatHaveChanged: an instant, and the time of day there by the newest
// rules. https://data.iana.org/time-zones/tzdb/NEWS
func TestClocksThatHaveChanged(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"America/Mexico_City": "06:00", // no summer time since October 2022
		"America/Asuncion":    "09:00", // summer time all year since October 2024
		"Asia/Almaty":         "17:00", // one zone for Kazakhstan since March 2024
		"Europe/Warsaw":       "14:00",
		"America/Chicago":     "07:00",
		"UTC":                 "12:00",
	} {
		there, err := zone.Load(name)
		require.NoError(t, err, name)
		require.Equal(t, want, time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC).In(there).Format("15:04"), name)
		require.Equal(t, name, there.String())
	}
}

func TestNoZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Mars/Olympus", "../etc/passwd", "America/", "America"} {
		_, err := zone.Load(name)
		require.Error(t, err, name)
	}
}

// TestTheTablesAreThisGos: after an update of Go they are copied anew.
func TestTheTablesAreThisGos(t *testing.T) {
	t.Parallel()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	require.NoError(t, err)
	path := filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip")
	theirs, err := os.ReadFile(path)
	require.NoError(t, err)
	ours, err := os.ReadFile("zoneinfo.zip")
	require.NoError(t, err)
	require.True(t, string(theirs) == string(ours), "cp %s settings/zone/zoneinfo.zip", path)
}
