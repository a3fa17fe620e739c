package simulator

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server serves one provider's HTTP API.
type Server struct {
	URL  string // without a slash at the end
	http *http.Server
	done chan struct{} // closed when nothing is served any more
}

// Serve serves an API at an address, "127.0.0.1:0" for any free port, until Close.
func Serve(address string, api http.Handler) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("a simulated provider: %w", err)
	}
	s := &Server{
		URL:  "http://" + listener.Addr().String(),
		http: &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second},
		done: make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		_ = s.http.Serve(listener) // it ends with Close
	}()
	return s, nil
}

// Close gives the answers under way a second, then closes what is left.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close() // whatever is left then has no listener to complain about
	}
	<-s.done
}
