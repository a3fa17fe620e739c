package gateway

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
)

// TestATeamRestsAMoment: and one that only a drained queue handled does not, since nobody
// would come back to it.
func TestATeamRestsAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Config{})
		g.rest("one")
		require.Empty(t, g.resting.now())
		g.stop = func() {}
		g.rest("one")
		time.Sleep(gathering / 2)
		g.rest("two")
		require.ElementsMatch(t, pq.StringArray{"one", "two"}, g.resting.now())
		time.Sleep(gathering / 2)
		require.Equal(t, pq.StringArray{"two"}, g.resting.now())
		time.Sleep(gathering / 2)
		require.Equal(t, pq.StringArray{}, g.resting.now(), "and not null, to which no team is unequal")
	})
}
