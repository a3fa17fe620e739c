package jetstream_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	js "github.com/nats-io/nats.go/jetstream"
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
	s, err := jetstream.Open(at, limit, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	seen(t, s)
	return s
}

// seen waits until the servers have found each other and said what they hold.
func seen(t *testing.T, s *jetstream.Spool) {
	t.Helper()
	require.Eventually(t, func() bool { return !s.State().Unseen }, time.Minute, 10*time.Millisecond, "%v", s.State().Fault)
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

// TestServersThatComeLater: a start does not wait for them. Until two are there nothing is
// taken, and then what they held before is seen and goes on.
func TestServersThatComeLater(t *testing.T) {
	all, address := jetstreamtest.Prepare(t)
	all.Run(0, 1, 2)
	now := clocktest.Running(t)
	before := open(t, address, 8<<20)
	require.NoError(t, before.Append([][]byte{[]byte("from before")}, now.Now()))
	require.NoError(t, before.Close())
	for name, left := range map[string]int{"none is there": 0, "one is there": 1} {
		t.Run(name, func(t *testing.T) {
			ended := []int{0, 1, 2}[left:]
			all.End(ended...)
			at, err := jetstream.Parse(address)
			require.NoError(t, err)
			s, err := jetstream.Open(at, 8<<20, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			require.ErrorIs(t, s.State().Fault, spool.ErrAway)
			require.True(t, s.State().Unseen, "it may hold anything")
			require.ErrorIs(t, s.Append([][]byte{[]byte("too early")}, now.Now()), spool.ErrAway)
			_, err = s.First(1)
			require.ErrorIs(t, err, spool.ErrAway)
			require.ErrorIs(t, s.Forget(1), spool.ErrAway)
			s.Probe()

			all.Run(ended...)
			seen(t, s)
			require.NoError(t, s.State().Fault)
			require.Equal(t, 1, s.State().Count)
			require.Eventually(t, func() bool {
				first, err := s.First(1)
				return err == nil && len(first) == 1 && string(first[0].Data) == "from before"
			}, time.Minute, 10*time.Millisecond)
			require.Empty(t, s.Refused())
		})
	}
}

// TestWrongServersThatComeLater are refused as soon as they are there.
func TestWrongServersThatComeLater(t *testing.T) {
	all, address := jetstreamtest.Prepare(t)
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	s, err := jetstream.Open(at, 1<<20, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	all.Options[1].SyncAlways = false
	all.Run(0, 1, 2)
	select {
	case err := <-s.Refused():
		require.ErrorContains(t, err, "the NATS server nats-2")
		require.ErrorContains(t, err, "sync_interval: always")
	case <-time.After(time.Minute):
		require.Fail(t, "they are not refused")
	}
	require.True(t, s.State().Unseen)
}

// TestServersThatCannotKeepIt: what no waiting mends is refused.
func TestServersThatCannotKeepIt(t *testing.T) {
	_, address := jetstreamtest.Start(t, func(_ int, o *server.Options) { o.MaxPayload = 1 << 20 })
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	_, err = jetstream.Open(at, 1<<20, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "set max_payload: 8MB")
}

// TestServersThatAreNoCluster are refused: each keeps what it is told on its own disk alone,
// and that will be no other tomorrow.
func TestServersThatAreNoCluster(t *testing.T) {
	all, address := jetstreamtest.Prepare(t)
	for _, o := range all.Options {
		o.Cluster, o.Routes = server.ClusterOpts{}, nil
	}
	all.RunAlone(0, 1, 2)
	at, err := jetstream.Parse(address)
	require.NoError(t, err)
	_, err = jetstream.Open(at, 1<<20, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "each NATS server stands alone")
}

// TestAStreamOnOneServer that somebody made before is spread over three, or refused.
func TestAStreamOnOneServer(t *testing.T) {
	running, address := jetstreamtest.Start(t, nil)
	conn, err := nats.Connect(running[0].ClientURL())
	require.NoError(t, err)
	defer conn.Close()
	jet, err := js.New(conn)
	require.NoError(t, err)
	_, err = jet.CreateStream(t.Context(), js.StreamConfig{Name: jetstreamtest.Stream, Subjects: []string{jetstreamtest.Stream + ".events"}, Replicas: 1})
	require.NoError(t, err)
	s := open(t, address, 8<<20)
	seen(t, s)
	stream, err := jet.Stream(t.Context(), jetstreamtest.Stream)
	require.NoError(t, err)
	require.Equal(t, 3, stream.CachedInfo().Config.Replicas)
	require.NoError(t, s.Close())
}

// TestServersThatDoNotLetUsIn refuse a name and a password once and for all.
func TestServersThatDoNotLetUsIn(t *testing.T) {
	_, address := jetstreamtest.Start(t, func(_ int, o *server.Options) { o.Username, o.Password = "ringback", "right" })
	for before, says := range map[string]string{
		"":                     "the NATS servers want a name and a password",
		"ringback:wrong@":      "the NATS servers do not take the name and the password",
		"somebody-else:right@": "the NATS servers do not take the name and the password",
	} {
		at, err := jetstream.Parse(strings.Replace(address, jetstream.Scheme, jetstream.Scheme+before, 1))
		require.NoError(t, err)
		_, err = jetstream.Open(at, 1<<20, slog.New(slog.DiscardHandler))
		require.ErrorContains(t, err, says)
		require.NotContains(t, err.Error(), "right")
	}
	s := open(t, strings.Replace(address, jetstream.Scheme, jetstream.Scheme+"ringback:right@", 1), 8<<20)
	require.NoError(t, s.State().Fault)
	require.NoError(t, s.Close())
}
