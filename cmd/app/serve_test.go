package app

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// pipes is a listener to which one connection comes.
type pipes struct {
	come chan net.Conn
	shut chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.come:
		return c, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.shut)
	return nil
}

func (pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestWhoStopsReadingIsCutOff: an answer that nobody takes holds its connection for as
// long as an answer may take, and no longer.
func TestWhoStopsReadingIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					ended <- err
					return
				}
			}
		}), slog.New(slog.DiscardHandler))
		here, there := net.Pipe()
		listener := pipes{come: make(chan net.Conn, 1), shut: make(chan struct{})}
		listener.come <- there
		served := make(chan error, 1)
		go func() { served <- server.Serve(listener) }()
		began := time.Now()
		_, err := here.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
		require.NoError(t, err)
		select {
		case err := <-ended:
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.Equal(t, writing, time.Since(began))
		case <-time.After(time.Hour):
			t.Error("the reader that reads nothing is still held")
		}
		require.NoError(t, errors.Join(here.Close(), server.Close()))
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
}
