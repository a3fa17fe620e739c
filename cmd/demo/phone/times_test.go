package phone

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheTimeToPlay(t *testing.T) {
	zone, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	// In Chicago it is still Saturday, and the clocks go forward on Sunday.
	now := time.Date(2026, 3, 8, 4, 0, 0, 0, time.UTC)
	for _, c := range []struct{ at, want string }{
		{"sunday", "2026-03-08T22:00:00-05:00"},
		{"tuesday", "2026-03-10T10:00:00-05:00"},
		{"2026-03-07T22:30", "2026-03-07T22:30:00-06:00"},
	} {
		at, err := readTime(c.at, now, zone)
		require.NoError(t, err, c.at)
		require.Equal(t, c.want, at.Format(time.RFC3339), c.at)
	}
	at, err := readTime("now", now, zone)
	require.NoError(t, err)
	require.Nil(t, at, "the real time")
}

func TestSundayAgainIsTheSameSunday(t *testing.T) {
	late := time.Date(2026, 5, 31, 23, 59, 0, 0, time.UTC)
	at, err := readTime("sunday", late, time.UTC)
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 5, 31, 22, 0, 0, 0, time.UTC), *at)
}

func TestATimeThatCannotBePlayed(t *testing.T) {
	now := time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC)
	for _, at := range []string{"", "soon", "2026-13-01T10:00", "2026-05-31", "2026-05-31T10:00Z", "0001-01-01T00:00", "9999-12-31T23:59"} {
		_, err := readTime(at, now, time.UTC)
		var f *fault
		require.ErrorAs(t, err, &f, at)
		require.Equal(t, "at", f.Field, at)
	}
}
