package e2e

import (
	"cmp"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire is the network between a gateway and its Postgres, which can be cut, or go
// silent: then connections are made and stand, and nothing comes through.
type wire struct {
	listener        net.Listener
	network, server string
	mu              sync.Mutex
	cut             bool
	hush            chan struct{} // closed when something comes through; nil: it does
	open            map[net.Conn]bool
	carrying        sync.WaitGroup
}

// newWire leads to the server of a DSN; the DSN that it returns leads through
// the wire.
func newWire(t *testing.T, dsn string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	query := u.Query()
	w := &wire{network: "tcp", server: u.Host, open: map[net.Conn]bool{}}
	if folder := query.Get("host"); folder != "" {
		w.network, w.server = "unix", filepath.Join(folder, ".s.PGSQL."+cmp.Or(query.Get("port"), "5432"))
	}
	w.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = w.listener.Addr().String(), query.Encode()
	w.carrying.Go(w.accept)
	t.Cleanup(func() {
		_ = w.listener.Close()
		w.set(true)
		w.carrying.Wait()
	})
	return w, u.String()
}

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(w.network, w.server)
		if err != nil || !w.keep(client, server) {
			_ = client.Close()
			continue
		}
		for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
			w.carrying.Go(func() {
				_, _ = io.Copy(w.audible(to), from) // until either end closes
				_ = to.Close()
				_ = from.Close()
			})
		}
	}
}

func (w *wire) keep(ends ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, end := range ends {
		if w.cut {
			_ = end.Close()
		} else {
			w.open[end] = true
		}
	}
	return !w.cut
}

// audible is an end that gets nothing while the wire is silent.
func (w *wire) audible(end io.Writer) io.Writer {
	return writer(func(b []byte) (int, error) {
		w.mu.Lock()
		hush := w.hush
		w.mu.Unlock()
		if hush != nil {
			<-hush
		}
		return end.Write(b)
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// silence has nothing come through, and what is returned ends it.
func (w *wire) silence() (end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	hush := make(chan struct{})
	w.hush = hush
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.hush = nil
		close(hush)
	})
}

// set cuts the wire, with all that goes over it, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		for end := range w.open {
			_ = end.Close()
		}
		clear(w.open)
	}
}
