package jetstream_test

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/gateway/spool"
	"ringback/gateway/spool/jetstream"
	"ringback/gateway/spool/jetstream/jetstreamtest"
)

func open(t *testing.T, address string, limit int64) *jetstream.Spool {
	t.Helper()
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	var s *jetstream.Spool
	require.Eventually(t, func() bool { // the servers may still be finding each other
		s, err = jetstream.Open(at, limit, slog.New(slog.DiscardHandler))
		return err == nil
	}, time.Minute, 100*time.Millisecond, "%v", err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var _ spool.Store = (*jetstream.Spool)(nil)

// TestAServerIsLost: of what was acknowledged nothing is, and nothing changes places,
// though the server that led goes in the middle of it.
func TestAServerIsLost(t *testing.T) {
	all, address := jetstreamtest.Start(t, nil)
	s := open(t, address, 8<<20)
	now := clocktest.Running(t)
	const many = 60
	for n := range many {
		if n == many/2 {
			for _, one := range all {
				if one.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, jetstreamtest.Stream) {
					one.Shutdown()
					break
				}
			}
		}
		things := [][]byte{fmt.Appendf(nil, "%d first", n), fmt.Appendf(nil, "%d second", n)}
		require.Eventually(t, func() bool { return s.Append(things, now.Now()) == nil }, 2*time.Minute, 10*time.Millisecond, n)
	}
	require.GreaterOrEqual(t, s.State().Count, many)

	// Another process of the installation plays them, and this one does not meanwhile.
	other := open(t, address, 8<<20)
	var found []string
	for other.State().Count > 0 {
		entries, err := other.First(50)
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		_, err = s.First(50)
		require.ErrorIs(t, err, spool.ErrElsewhere)
		for _, e := range entries {
			found = append(found, string(e.Data))
		}
		require.NoError(t, other.Forget(entries[len(entries)-1].Number))
	}
	var want, once []string
	for n := range many {
		want = append(want, fmt.Sprintf("%d first", n), fmt.Sprintf("%d second", n))
	}
	for _, thing := range found { // what was kept though nobody was told is there twice
		if !slices.Contains(once, thing) {
			once = append(once, thing)
		}
	}
	require.Equal(t, want, once)
	require.Eventually(t, func() bool { return other.State().Count == 0 && s.State().Count == 0 }, time.Minute, 10*time.Millisecond)
}

// TestAFullStream refuses what comes, and says so, until something is taken out.
func TestAFullStream(t *testing.T) {
	_, address := jetstreamtest.Start(t, nil)
	s := open(t, address, 1<<20)
	now := clocktest.Running(t)
	text := [][]byte{make([]byte, 300<<10)}
	for range 3 {
		require.NoError(t, s.Append(text, now.Now()))
	}
	require.ErrorIs(t, s.Append(text, now.Now()), spool.ErrFull)
	require.ErrorIs(t, s.State().Fault, spool.ErrFull)
	entries, err := s.First(10)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	require.NoError(t, s.Forget(entries[0].Number))
	require.NoError(t, s.Append(text, now.Now()))
	require.NoError(t, s.State().Fault)
}

// TestServersThatForget are refused: one that acknowledges before its disk has anything.
func TestServersThatForget(t *testing.T) {
	_, address := jetstreamtest.Start(t, func(n int, o *server.Options) { o.SyncAlways = n != 1 })
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	_, err = jetstream.Open(at, 1<<20, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "the NATS server nats-2")
	require.ErrorContains(t, err, "sync_interval: always")
}
