// Package stripe is a fake of Stripe Checkout: a page with four buttons in place
// of a card's number, and signed events about what was pressed.
//
// The one hard decision: an event is brought to the gateway before the button's
// answer goes out, so that whoever pressed it, a test or a person, comes back to
// what has already happened. https://docs.stripe.com/api/checkout/sessions
package stripe

import (
	"net/http"
	"sync"

	"ringback/channels/simulator"
)

// Config is how a simulated Stripe is set up.
type Config struct {
	Key    string // the secret key that requests have to show
	Secret string // signs events
	// Hook is where events are brought. They are brought twice when Twice is set.
	Hook  func() string
	Twice bool
}

// Simulator is one fake Stripe.
type Simulator struct {
	Config
	mux    http.ServeMux
	mu     sync.Mutex
	made   []*Checkout
	events int
	broken int
	lost   int
	base   string
	server *simulator.Server
}

// Checkout is one page to pay at.
type Checkout struct {
	ID, Order, Currency, Purpose string
	Amount                       int64
	Success, Cancel              string
	Status                       string // open, complete, expired
	Paid                         string // as a session's payment_status has it: paid, unpaid
	Intent                       string // as a payment intent's status has it
	refunded                     int64
	told                         map[string]int64 // when each thing was told first
	key                          string
	expires                      int64
}

// New returns one that nobody can reach yet.
func New(c Config) *Simulator {
	s := &Simulator{Config: c}
	s.mux.HandleFunc("POST /v1/checkout/sessions", s.create)
	s.mux.HandleFunc("POST /v1/checkout/sessions/{id}/expire", s.end)
	s.mux.HandleFunc("GET /v1/checkout/sessions/{id}", s.tell)
	s.mux.HandleFunc("GET /v1/payment_intents/{id}", s.intent)
	s.mux.HandleFunc("GET /pay/{id}", s.page)
	s.mux.HandleFunc("POST /pay/{id}", s.press)
	return s
}

// Listen serves it at an address until Close, and returns its URL.
func (s *Simulator) Listen(address string) (string, error) {
	server, err := simulator.Serve(address, &s.mux)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base, s.server = server.URL, server
	return server.URL, nil
}

// Close ends it.
func (s *Simulator) Close() {
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	if server != nil {
		server.Close()
	}
}
