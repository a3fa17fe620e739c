package twilio

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"ringback/channels/clock"
	"ringback/channels/simulator"
)

// Config is what a simulator starts with. The zero value works.
type Config struct {
	AccountSID string   // made up when empty, like AuthToken; Credentials tells both
	AuthToken  string   //
	Numbers    []string // the senders that the account owns; empty: any sender is ours

	Clock *clock.Clock // dates messages and says which callbacks are due; nil: the real time
	Log   *slog.Logger // nil: silent

	OptOuts OptOuts // who answers STOP, START and HELP

	Auto          bool          // play plans by themselves, on the real time, instead of on Deliver
	CallbackDelay time.Duration // between one callback of a usual plan and the next; 0: 400 ms
	CallSecond    time.Duration // with Auto, how long a second of a call takes; 0: one
	Patient       bool          // with Auto, what ends only because nobody does anything goes on until somebody does
	Twice         bool          // make every webhook twice: callbacks, texts and requests for TwiML

	URL string // where the simulator is reached, for the addresses of recordings; empty: what Listen found, or Twilio's own

	Keep int // how many messages, calls and callbacks are remembered, of each; 0: 10,000
}

// Simulator is one fake provider. It serves Twilio's API as an http.Handler
// and must be closed.
type Simulator struct {
	config  Config
	auto    atomic.Bool // Config.Auto, until ByHand
	mux     *http.ServeMux
	client  *http.Client
	life    context.Context // ends with Close; background work and hanging answers end with it
	end     context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex
	servers     []*simulator.Server
	url         string // where it is reached
	closed      bool
	down        bool
	tokens      map[string]string // by account
	keys        map[string]apiKey // of the API, by their SID
	log         []*entry          // oldest first
	bySID       map[string]*entry
	deleted     []string // files and recordings that were
	callbacks   []Callback
	handsets    map[string]bool   // that do RCS
	lines       map[string]string // what customers' numbers are
	lookups     []string          // that were asked for
	calls       []*Call           // oldest first
	placed      []*Call           // that the account asked for, and that wait for Deliver
	untold      []CallCallback    // of calls that are over
	advisors    map[string]Advisor
	faults      []*Fault
	incoming    []incoming
	services    []*service
	verified    map[string][2]string // of toll-free numbers, by their ids: status and reason
	contents    map[string]approval  // of content templates, by their ids
	made        []*content           // by the account, oldest first
	trial       bool                 // nobody pays for the account
	usernames   map[string]username  // of people on WhatsApp, by their numbers
	outcomes    map[string]Plan      // by customer
	blocked     map[pair]bool
	subscribers map[*subscriber]bool
	changed     chan struct{} // closed, and replaced, at every change
}

// pair is one conversation.
type pair struct{ account, ours, theirs string }

// New makes a simulator that nobody can reach yet: serve it, or call Listen.
func New(config Config) *Simulator {
	config.AccountSID = cmp.Or(config.AccountSID, newSID("AC"))
	config.AuthToken = cmp.Or(config.AuthToken, newSID(""))
	config.CallbackDelay = cmp.Or(config.CallbackDelay, 400*time.Millisecond)
	config.CallSecond = cmp.Or(config.CallSecond, time.Second)
	config.Keep = cmp.Or(config.Keep, 10_000)
	config.Clock = cmp.Or(config.Clock, &clock.Clock{})
	config.Log = cmp.Or(config.Log, slog.New(slog.DiscardHandler))
	s := &Simulator{
		config:      config,
		url:         config.URL,
		client:      newClient(),
		tokens:      map[string]string{config.AccountSID: config.AuthToken},
		keys:        map[string]apiKey{},
		bySID:       map[string]*entry{},
		contents:    map[string]approval{},
		usernames:   map[string]username{},
		outcomes:    map[string]Plan{},
		advisors:    map[string]Advisor{},
		verified:    map[string][2]string{},
		blocked:     map[pair]bool{},
		subscribers: map[*subscriber]bool{},
		changed:     make(chan struct{}),
	}
	s.auto.Store(config.Auto)
	s.bought()
	s.life, s.end = context.WithCancel(context.Background())
	s.routes()
	return s
}

// Credentials are the first account's.
func (s *Simulator) Credentials() (accountSID, authToken string) {
	return s.config.AccountSID, s.token("")
}

// ByHand takes plans and calls out of the real time, as without Config.Auto: a
// demo plays its past so, and then lets them go on by themselves.
func (s *Simulator) ByHand(yes bool) { s.auto.Store(!yes) }

// Account opens a further account, or gives one a new token.
func (s *Simulator) Account(sid, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[sid] = token
}

// apiKey is a key of an account's.
type apiKey struct{ account, secret string }

// APIKey makes a key for an account's API, or revokes it with an empty secret.
// https://www.twilio.com/docs/iam/api-keys
func (s *Simulator) APIKey(account, sid, secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[sid] = apiKey{account, secret}
}

// caller is the account that a request's credentials speak for, and whether they are
// a key, which is shown no account's own page.
func (s *Simulator) caller(r *http.Request) (account string, byKey bool) {
	user, password, _ := r.BasicAuth()
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.keys[user]; ok && password != "" && key.secret == password {
		return key.account, true
	}
	if known, ok := s.tokens[user]; ok && password == known {
		return user, false
	}
	return "", false
}

// token is an account's, or the first account's for one that is not known.
func (s *Simulator) token(account string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token, ok := s.tokens[account]; ok {
		return token
	}
	return s.tokens[s.config.AccountSID]
}

// Close ends everything that the simulator has under way and waits for it. A
// server made by Listen is closed too; one that the caller made is not.
func (s *Simulator) Close() {
	s.mu.Lock()
	s.closed = true
	for sub := range s.subscribers {
		s.unsubscribe(sub)
	}
	servers := s.servers
	s.mu.Unlock()
	s.end()
	for _, server := range servers {
		server.Close()
	}
	s.running.Wait()
	s.client.CloseIdleConnections()
}

// background runs work until it ends or Close is called, which the work sees
// by s.life. After Close it does nothing and reports false.
func (s *Simulator) background(work func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running.Go(work)
	}
	return !s.closed
}

// newSID makes an identifier as Twilio writes them: a prefix and 32 hex digits.
func newSID(prefix string) string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return prefix + hex.EncodeToString(b)
}
