package meta

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// moment is how long a message is under way when the fake tells by itself.
const moment = 400 * time.Millisecond

// Listen serves the fake at an address of this machine, and returns its URL.
func (m *Meta) Listen(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("the fake Meta: %w", err)
	}
	server := &http.Server{Handler: m, ReadHeaderTimeout: 5 * time.Second}
	m.running.Go(func() { _ = server.Serve(listener) })
	m.running.Go(func() {
		<-m.life.Done()
		_ = server.Close()
	})
	return "http://" + listener.Addr().String(), nil
}

// Close ends what is under way and waits for it.
func (m *Meta) Close() {
	m.end()
	m.running.Wait()
	m.client.CloseIdleConnections()
}

// soon tells how a message fares, when nobody else will.
func (m *Meta) soon() {
	if m.config.Hook == nil || m.life.Err() != nil {
		return
	}
	m.running.Go(func() {
		select {
		case <-m.life.Done():
		case <-time.After(moment):
			_, _ = m.Deliver(m.life, m.config.Hook()) // who does not thank is not told again
		}
	})
}
