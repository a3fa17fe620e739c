package pg

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAServerThatDiesIsStartedAgain: what was committed is there, at the same address.
func TestAServerThatDiesIsStartedAgain(t *testing.T) {
	dir := served(t)
	s := startIn(t, dir)
	do(t, s.DSN(), `create table kept as select 'still here' as word`)
	for range 2 {
		s.running.Lock()
		killed := s.now
		s.running.Unlock()
		require.NoError(t, killed.Process.Kill())
		<-killed.gone
		require.Eventually(t, func() bool { return ping(t.Context(), s.DSN()) == nil }, time.Minute, time.Millisecond)
		require.Equal(t, "still here", ask(t, s.DSN(), `select word from kept`))
	}
	require.NoError(t, s.Stop(t.Context()))
	require.NoError(t, s.Fault())
	require.Empty(t, inhabitants(filepath.Join(dir, "postgres/cluster")))
}

// TestAServerThatCannotStartIsGivenUp, and says why.
func TestAServerThatCannotStartIsGivenUp(t *testing.T) {
	dir := served(t)
	s := startIn(t, dir)
	control := filepath.Join(dir, "postgres/cluster/global/pg_control")
	require.NoError(t, os.Remove(control))
	s.running.Lock()
	killed := s.now
	s.running.Unlock()
	require.NoError(t, killed.Process.Kill())
	select {
	case <-s.Done():
	case <-time.After(2 * time.Minute):
		t.Fatal("it goes on for ever")
	}
	require.ErrorContains(t, s.Fault(), "pg_control")
	require.NoError(t, s.Stop(t.Context()))
}
