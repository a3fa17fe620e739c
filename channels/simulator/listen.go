package simulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Listen serves the simulator at an address, "127.0.0.1:0" for any free port,
// until Close. It returns the URL to use in place of Twilio's.
func (s *Simulator) Listen(address string) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("simulator: %w", err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan struct{})
	started := s.background(func() {
		go func() {
			defer close(stopped)
			<-s.life.Done()
			s.stop(server)
		}()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.config.Log.Error("simulator", "error", err)
		}
		<-stopped
	})
	if !started {
		_ = listener.Close() // nothing came of it
		return "", errors.New("simulator: closed")
	}
	found := "http://" + listener.Addr().String()
	s.mu.Lock()
	s.url = cmp.Or(s.url, found)
	s.mu.Unlock()
	return found, nil
}

// stop gives the answers under way a moment, then closes what is left.
func (s *Simulator) stop(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close() // whatever is left then has no listener to complain about
	}
}
