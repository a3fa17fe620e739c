package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// Config is what a load works with.
type Config struct {
	Entry   string // the gateways' PUBLIC_URL, where they are reached
	Key     string // of the API
	Account string // the provider's
	Token   string // that it signs with
	Teams   []Team // the first gets most of it
	DB      *sqlx.DB
	Rate    float64 // things that happen a second
	Seed    uint64
	// Parallel is how many things may wait for their acknowledgment at once; 0: 400.
	Parallel int
}

// Kind is what was told.
type Kind string

// What is told.
const (
	Text   Kind = "text"
	Stop   Kind = "stop"
	Start  Kind = "start"
	Call   Kind = "call"
	Ended  Kind = "call_ended"
	Repeat Kind = "repeat" // of a text that was acknowledged
	Reply  Kind = "reply"  // an advisor's, over the API
)

// Told is one thing that was told and acknowledged.
type Told struct {
	Kind     Kind
	SID      string // the provider's id; of a reply, its key
	Team     int
	Customer string // their number
	Text     string
	First    time.Time // when it was told first
	At       time.Time // when it was acknowledged
	Tries    int
	By       string // who acknowledged it, as the balancer's X-Served-By says; may be empty
	Refused  bool   // a reply that the API refused for a reason of its own, with 4xx
}

// Second is how it went in one second of the run.
type Second struct{ Begun, Acknowledged int }

// Load is a run.
type Load struct {
	Config
	client  *http.Client
	begun   time.Time
	running sync.WaitGroup
	under   atomic.Int64 // told and not acknowledged yet
	made    atomic.Int64
	length  atomic.Bool

	mu        sync.Mutex
	luck      *rand.Rand
	told      []Told
	customers []*customer
	seconds   []Second
	faults    []string
}

// customer is somebody who writes one thing after the other.
type customer struct {
	number  string
	team    int
	busy    bool
	stopped bool
	texts   []said // that were acknowledged
	written int
}

type said struct{ sid, text string }

// New prepares a load.
func New(c Config) *Load {
	if c.Parallel == 0 {
		c.Parallel = 400
	}
	return &Load{
		Config: c, luck: rand.New(rand.NewPCG(c.Seed, 0)), //nolint:gosec // the same each time
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true}},
	}
}

// Run has things happen until the context ends.
func (l *Load) Run(ctx context.Context) {
	l.begun = time.Now()
	life := context.WithoutCancel(ctx)
	slots := make(chan struct{}, l.Parallel)
	tick := time.NewTicker(time.Duration(float64(time.Second) / l.Rate))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.count(func(s *Second) { s.Begun++ })
		select {
		case slots <- struct{}{}:
		default:
			continue // so many wait that no more fit: it counts as one that is not acknowledged
		}
		act := l.choose()
		l.running.Go(func() {
			act(life)
			<-slots
		})
	}
}

// Settle waits until all that was told is acknowledged.
func (l *Load) Settle(ctx context.Context) error {
	done := make(chan struct{})
	go func() { l.running.Wait(); close(done) }()
	select {
	case <-done:
		l.client.CloseIdleConnections()
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d things were told and never acknowledged: %w", l.under.Load(), ctx.Err())
	}
}

// Under is how many things wait for their acknowledgment.
func (l *Load) Under() int { return int(l.under.Load()) }

// AtLength has customers write much more than one would, until they write as ever.
func (l *Load) AtLength(yes bool) { l.length.Store(yes) }

// Told is what was acknowledged so far, in that order.
func (l *Load) Told() []Told {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Told(nil), l.told...)
}

// Faults are answers that nobody should be given: those of doors that refuse what
// is right.
func (l *Load) Faults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.faults...)
}

// Between is how much was begun and acknowledged between two times, by whole seconds.
func (l *Load) Between(from, to time.Time) (sum Second) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := max(0, int(from.Sub(l.begun)/time.Second)); n < min(len(l.seconds), int(to.Sub(l.begun)/time.Second)); n++ {
		sum.Begun += l.seconds[n].Begun
		sum.Acknowledged += l.seconds[n].Acknowledged
	}
	return sum
}

func (l *Load) count(add func(*Second)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := int(time.Since(l.begun) / time.Second)
	for len(l.seconds) <= at {
		l.seconds = append(l.seconds, Second{})
	}
	add(&l.seconds[at])
}

func (l *Load) acknowledged(t Told) {
	l.mu.Lock()
	l.told = append(l.told, t)
	l.mu.Unlock()
	l.count(func(s *Second) { s.Acknowledged++ })
}

// fault keeps an answer that should not have been; the first hundred will do.
func (l *Load) fault(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.faults) < 100 {
		l.faults = append(l.faults, fmt.Sprintf(format, args...))
	}
}

// id is one that no other thing of this run has.
func (l *Load) id(prefix string) string {
	return fmt.Sprintf("%s%08x%024x", prefix, uint32(l.Seed), l.made.Add(1)) //nolint:gosec // as many digits as fit
}

// number is a customer's, who is the n-th.
func number(seed uint64, n int) string {
	areas := []string{"312", "773", "847", "630", "708", "217", "309", "618"}
	return fmt.Sprintf("+1%s%03d%04d", areas[int(seed)%len(areas)], 220+n/10_000, n%10_000) //nolint:gosec // a remainder
}
