package rounds_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/rounds"
)

func TestWorkThatStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r rounds.Rounds
		r.Turn("sweeping", 10*time.Minute)
		r.Turn("sending", time.Second)
		time.Sleep(time.Hour + time.Second) // of the test's own clock
		require.Empty(t, r.Stand())
		time.Sleep(time.Second)
		require.Equal(t, map[string]time.Duration{"sending": time.Hour + 2*time.Second}, r.Stand())
		r.Turn("sending", time.Second)
		require.Empty(t, r.Stand(), "it came round again")
		require.Equal(t, []string{"sending", "sweeping"}, r.Works())
	})
	(*rounds.Rounds)(nil).Turn("sending", time.Second) // nobody asks
}
