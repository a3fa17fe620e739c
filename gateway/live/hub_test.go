package live_test

import (
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/live"
)

func woken(ear <-chan struct{}) (times int) {
	for {
		select {
		case <-ear:
			times++
		default:
			return times
		}
	}
}

// TestWhoIsWoken: all who listen to the name and nobody else; however often,
// until they look it is one wake-up, for they read all that is new.
func TestWhoIsWoken(t *testing.T) {
	t.Parallel()
	hub := live.New(nil, slog.New(slog.DiscardHandler))
	one, endOne := hub.Listen("v_1")
	two, endTwo := hub.Listen("v_1")
	other, endOther := hub.Listen("v_2")
	for range 5 {
		hub.Wake("v_1")
	}
	require.Equal(t, []int{1, 1, 0}, []int{woken(one), woken(two), woken(other)})
	hub.Wake("v_1")
	require.Equal(t, []int{1, 1, 0}, []int{woken(one), woken(two), woken(other)}, "and again, once they have looked")
	require.Equal(t, 3, hub.Listening())
	endOne()
	hub.Wake("v_1")
	require.Equal(t, []int{0, 1, 0}, []int{woken(one), woken(two), woken(other)})
	endOne() // a second time does no harm
	endTwo()
	endOther()
	require.Zero(t, hub.Listening())
	hub.Wake("v_1") // nobody is there
}

// TestNobodyWaitsForAnEar: more wake-ups than other processes can be told of,
// and ears that nobody reads, hold no one up.
func TestNobodyWaitsForAnEar(t *testing.T) {
	t.Parallel()
	hub := live.New(nil, slog.New(slog.DiscardHandler))
	ear, end := hub.Listen("v_1")
	defer end()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 3000 {
				hub.Wake("v_1")
			}
		})
		all.Go(func() {
			for range 300 {
				_, end := hub.Listen("v_1")
				end()
			}
		})
	}
	all.Wait()
	require.Equal(t, 1, woken(ear))
	require.Equal(t, 1, hub.Listening())
}

func TestTheEndIsToldOnce(t *testing.T) {
	t.Parallel()
	hub := live.New(nil, slog.New(slog.DiscardHandler))
	select {
	case <-hub.Done():
		require.Fail(t, "it has not ended")
	default:
	}
	hub.End()
	hub.End()
	hub.Stop() // one that was never started
	<-hub.Done()
}

// TestAStreamAsBrowsersReadIt: server-sent events, with the place to go on
// from where there is one.
func TestAStreamAsBrowsersReadIt(t *testing.T) {
	t.Parallel()
	to := httptest.NewRecorder()
	s, err := live.Open(to)
	require.NoError(t, err)
	require.NoError(t, s.Send("message", "42", `{"text":"Hello"}`))
	require.NoError(t, s.Send("typing", "", `{}`))
	require.NoError(t, s.Beat())
	require.Equal(t, "text/event-stream", to.Header().Get("Content-Type"))
	require.Equal(t, "no", to.Header().Get("X-Accel-Buffering"), "a proxy would hold it back")
	require.Equal(t, ": here\n\nid: 42\nevent: message\ndata: {\"text\":\"Hello\"}\n\nevent: typing\ndata: {}\n\n: still here\n\n", to.Body.String())
	require.True(t, to.Flushed)
}
