package jetstream

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/spool"
)

// TestANewLeaderIsWaitedFor: servers that say nothing for as long as they need to choose
// one are not away yet, and a balancer goes on bringing what waits for it.
func TestANewLeaderIsWaitedFor(t *testing.T) {
	begun := time.Unix(1_800_000_000, 0)
	s := &Spool{answered: begun, state: spool.State{Count: 3}}
	s.unanswered(begun.Add(9*time.Second), away(errors.New("no leader")))
	require.NoError(t, s.State().Fault)
	require.Equal(t, within, s.patience(begun))
	require.Equal(t, within-9*time.Second, s.patience(begun.Add(9*time.Second)))
	require.Equal(t, briefly, s.patience(begun.Add(time.Hour)))
	s.unanswered(begun.Add(within+time.Second), away(errors.New("no leader")))
	require.ErrorIs(t, s.State().Fault, spool.ErrAway)
	require.Equal(t, 3, s.State().Count)
}
