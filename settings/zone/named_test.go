package zone

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAZoneIsNamedByItsCity(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"America/Chicago": "America/Chicago", "chicago": "America/Chicago", " New York ": "America/New_York", "new_york": "America/New_York",
		"europe/warsaw": "Europe/Warsaw", "Buenos Aires": "America/Buenos_Aires", "utc": "UTC", "UTC": "UTC",
		"Nowhere": "Nowhere", "Mars/Olympus": "Mars/Olympus", "": "", "Local": "Local", "EST": "EST", "America": "America",
	} {
		require.Equal(t, want, Named(typed), typed)
	}
	for _, name := range Names() {
		_, err := Load(name)
		require.NoError(t, err, name)
		require.NotEmpty(t, City(name))
	}
	require.Greater(t, len(Names()), 400)
}
