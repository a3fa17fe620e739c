package clock_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
)

// A machine's clock that is wrong follows the database's.
func TestFollow(t *testing.T) {
	t.Parallel()
	database := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		machine time.Duration // ahead of the database
		takes   time.Duration // the answer's way there and back
		err     error
		want    time.Duration // how far Now is ahead of the database then
	}{
		"it is right":               {0, 0, nil, 0},
		"a little off":              {900 * time.Millisecond, 0, nil, 900 * time.Millisecond},
		"fast":                      {10 * time.Minute, 0, nil, 0},
		"slow":                      {-10 * time.Minute, 0, nil, 0},
		"the answer is on its way":  {-10 * time.Minute, time.Second, nil, 0},
		"too long to say":           {-10 * time.Minute, 3 * time.Second, nil, -10 * time.Minute},
		"the database does not say": {-10 * time.Minute, 0, errors.New("away"), -10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := database
			machine := clock.Of(func() time.Time { return now.Add(c.machine) })
			err := machine.Follow(func() (time.Time, error) {
				now = now.Add(c.takes / 2)
				told := now
				now = now.Add(c.takes - c.takes/2)
				return told, c.err
			})
			require.ErrorIs(t, err, c.err)
			require.Equal(t, c.want, machine.Now().Sub(now))
			require.True(t, machine.Queue().Real(), "due times are compared with the database's own")
			now = now.Add(time.Hour)
			require.Equal(t, c.want, machine.Now().Sub(now), "it runs on")
		})
	}
}
