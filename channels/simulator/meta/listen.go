package meta

import (
	"time"

	"ringback/channels/simulator"
)

// moment is how long a message is under way when the fake tells by itself.
const moment = 400 * time.Millisecond

// Listen serves the fake at an address of this machine until Close, and returns
// its URL.
func (m *Simulator) Listen(address string) (string, error) {
	server, err := simulator.Serve(address, m)
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.servers = append(m.servers, server)
	return server.URL, nil
}

// Close ends what is under way and waits for it.
func (m *Simulator) Close() {
	m.end()
	m.mu.Lock()
	servers := m.servers
	m.mu.Unlock()
	for _, server := range servers {
		server.Close()
	}
	m.running.Wait()
	m.client.CloseIdleConnections()
}

// soon tells how a message fares, when nobody else will.
func (m *Simulator) soon() {
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
