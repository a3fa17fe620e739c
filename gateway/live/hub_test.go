package live_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
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

// opened is a server whose every answer is a stream that talk is given.
func opened(t *testing.T, talk func(*live.Stream)) *httptest.Server {
	t.Helper()
	return opens(t, live.New(nil, slog.New(slog.DiscardHandler)), talk)
}

func opens(t *testing.T, hub *live.Hub, talk func(*live.Stream)) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, _ *http.Request) {
		to.Header().Set("Vary", "Origin")
		assert.NoError(t, hub.Open(to, talk))
	}))
	t.Cleanup(server.Close)
	return server
}

// read is an answer with all that it says until its end.
func read(t *testing.T, server *httptest.Server) (http.Header, string) {
	t.Helper()
	answer, err := http.Get(server.URL)
	require.NoError(t, err)
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return answer.Header, string(said)
}

// TestAStreamAsBrowsersReadIt: server-sent events, with the place to go on
// from where there is one.
func TestAStreamAsBrowsersReadIt(t *testing.T) {
	t.Parallel()
	header, said := read(t, opened(t, func(s *live.Stream) {
		assert.NoError(t, s.Send("message", "42", `{"text":"Hello"}`))
		assert.NoError(t, s.Send("typing", "", `{}`))
		assert.NoError(t, s.Beat())
	}))
	require.Equal(t, "text/event-stream", header.Get("Content-Type"))
	require.Equal(t, "no", header.Get("X-Accel-Buffering"), "a proxy would hold it back")
	require.Equal(t, "Origin", header.Get("Vary"), "what was said of the answer before")
	require.NotEmpty(t, header.Get("Date"))
	require.Equal(t, ": here\n\nid: 42\nevent: message\ndata: {\"text\":\"Hello\"}\n\nevent: typing\ndata: {}\n\n: still here\n\n", said)
}

// TestAStreamKnowsWhenItsBrowserGoes: at once, and not at the next word; also one that
// says more than any browser does.
func TestAStreamKnowsWhenItsBrowserGoes(t *testing.T) {
	t.Parallel()
	gone := make(chan error)
	server := opened(t, func(s *live.Stream) {
		<-s.Gone()
		var err error
		for err == nil { // until the network says so
			err = s.Beat()
		}
		gone <- err
	})
	for name, leave := range map[string]func(net.Conn){
		"closes": func(c net.Conn) { _ = c.Close() },
		"talks": func(c net.Conn) {
			_, _ = c.Write(make([]byte, 1<<16))
			_ = c.Close()
		},
	} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: here\r\n\r\n")
		require.NoError(t, err)
		line, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 200 OK\r\n", line)
		leave(conn)
		require.ErrorIs(t, <-gone, live.ErrGone, name)
	}
}

// TestStopWaitsForItsStreams: what one is at, a question to the database for one, comes to
// its end before what it stands on is closed. One that is opened after the end ends as well.
func TestStopWaitsForItsStreams(t *testing.T) {
	t.Parallel()
	hub := live.New(nil, slog.New(slog.DiscardHandler))
	here, stopped := make(chan struct{}), make(chan struct{})
	server := opens(t, hub, func(s *live.Stream) {
		here <- struct{}{}
		<-hub.Done()
		for range 1000 {
			runtime.Gosched() // Stop would be over, if it did not wait
		}
		select {
		case <-stopped:
			t.Error("Stop is over, and the stream is not")
		default:
		}
		assert.NoError(t, s.Send("message", "", "{}"))
	})
	go func() {
		<-here
		hub.Stop()
		close(stopped)
	}()
	_, said := read(t, server)
	require.Equal(t, ": here\n\nevent: message\ndata: {}\n\n", said)
	<-stopped
	late := opens(t, hub, func(*live.Stream) { <-hub.Done() })
	_, said = read(t, late)
	require.Equal(t, ": here\n\n", said)
}

// TestAPanicEndsItsStreamAlone: and what was asked apart comes back as an error.
func TestAPanicEndsItsStreamAlone(t *testing.T) {
	t.Parallel()
	_, said := read(t, opened(t, func(*live.Stream) {
		answer, err := live.Apart(func() (int, error) { return 42, nil })
		assert.NoError(t, err)
		assert.Equal(t, 42, answer)
		_, err = live.Apart(func() (int, error) { panic("a fault of ours") })
		assert.Error(t, err)
		panic("and another")
	}))
	require.Equal(t, ": here\n\n", said)
}
