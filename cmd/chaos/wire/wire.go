// Package wire is a network between two that talk over TCP, with the faults that
// networks have: it can be cut, made slow, or go silent, which is when connections are
// made and stand, and nothing comes through.
//
// The hard decision: our own hundred lines. Toxiproxy does the same and brings an HTTP
// server, a metrics library and a router along; what is needed here is three verbs.
package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Wire leads to one server. It has to be closed.
type Wire struct {
	listener        net.Listener
	mu              sync.Mutex
	network, server string
	cut             bool
	delay           time.Duration
	hush            chan struct{} // closed when something comes through; nil: it does
	open            map[net.Conn]bool
	carrying        sync.WaitGroup
}

// New leads to a server, such as "tcp", "127.0.0.1:5432", from any free port.
func New(network, server string) (*Wire, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("a wire to %s: %w", server, err)
	}
	w := &Wire{listener: listener, network: network, server: server, open: map[net.Conn]bool{}}
	w.carrying.Go(w.accept)
	return w, nil
}

// Address is where it begins.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Lead has new connections lead to another server.
func (w *Wire) Lead(network, server string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.network, w.server = network, server
}

// Close cuts it for good.
func (w *Wire) Close() {
	_ = w.listener.Close()
	w.mu.Lock()
	hush := w.hush
	w.hush = nil
	w.mu.Unlock()
	if hush != nil {
		close(hush)
	}
	w.Cut(true)
	w.carrying.Wait()
}

func (w *Wire) accept() {
	for {
		client, err := w.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		w.mu.Lock()
		network, address := w.network, w.server
		w.mu.Unlock()
		server, err := net.Dial(network, address)
		if err != nil || !w.keep(client, server) {
			_ = client.Close()
			continue
		}
		for from, to := range map[net.Conn]net.Conn{client: server, server: client} {
			w.carrying.Go(func() {
				_, _ = io.Copy(w.carry(to), from) // until either end closes
				_ = to.Close()
				_ = from.Close()
				w.forget(from)
			})
		}
	}
}

func (w *Wire) keep(ends ...net.Conn) bool {
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

func (w *Wire) forget(end net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, end)
}

// carry is an end that gets everything late while the wire is slow, and nothing while
// it is silent.
func (w *Wire) carry(end io.Writer) io.Writer {
	return writer(func(b []byte) (int, error) {
		w.mu.Lock()
		hush, delay := w.hush, w.delay
		w.mu.Unlock()
		if delay > 0 {
			time.Sleep(delay)
		}
		if hush != nil {
			<-hush
		}
		return end.Write(b)
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// Slow has all that goes over it take so much longer, each way; 0: no longer.
func (w *Wire) Slow(delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = delay
}

// Silence has nothing come through, and what is returned ends it.
func (w *Wire) Silence() (end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	hush := make(chan struct{})
	w.hush = hush
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.hush == hush { // nobody else has ended it
			w.hush = nil
			close(hush)
		}
	})
}

// Cut cuts the wire, with all that goes over it, or mends it.
func (w *Wire) Cut(cut bool) {
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
