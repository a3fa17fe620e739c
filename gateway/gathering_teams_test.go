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
		g.gather("one")
		require.Empty(t, g.gatheringTeams.now())
		g.stop = func() {}
		g.gather("one")
		time.Sleep(gathering / 2)
		g.gather("two")
		require.ElementsMatch(t, pq.StringArray{"one", "two"}, g.gatheringTeams.now())
		time.Sleep(gathering / 2)
		require.Equal(t, pq.StringArray{"two"}, g.gatheringTeams.now())
		time.Sleep(gathering / 2)
		require.Equal(t, pq.StringArray{}, g.gatheringTeams.now(), "and not null, to which no team is unequal")
	})
}
