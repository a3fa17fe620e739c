package e2e

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
)

// TestAWrongClockFollowsTheDatabases: at a start, and when it goes wrong later.
func TestAWrongClockFollowsTheDatabases(t *testing.T) {
	t.Parallel()
	machine := clocktest.Running(t)
	var wrong atomic.Int64
	wrong.Store(int64(time.Hour))
	w := newWorld(t, func(c *app.Config) {
		c.Clock = clock.Of(func() time.Time { return machine.Now().Add(time.Duration(wrong.Load())) })
	})
	apart := func() time.Duration {
		var now time.Time
		require.NoError(t, w.DB.Get(&now, `select clock_timestamp()`))
		return w.Clock.Now().Sub(now).Abs()
	}
	require.Less(t, apart(), time.Minute)
	wrong.Store(-int64(time.Hour))
	require.Greater(t, apart(), time.Hour)
	require.Eventually(t, func() bool { return apart() < time.Minute }, settled, 100*time.Millisecond)
}
