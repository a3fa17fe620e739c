package twilio

import (
	"cmp"
	"errors"

	"ringback/channels/simulator"
)

// Listen serves the simulator at an address, "127.0.0.1:0" for any free port,
// until Close. It returns the URL to use in place of Twilio's.
func (s *Simulator) Listen(address string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errors.New("the simulated Twilio is closed")
	}
	server, err := simulator.Serve(address, s)
	if err != nil {
		return "", err
	}
	s.servers = append(s.servers, server)
	s.url = cmp.Or(s.url, server.URL)
	return server.URL, nil
}
