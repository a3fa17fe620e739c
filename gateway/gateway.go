// Package gateway decides and delivers. Read receive.go, handle.go and send.go
// in this order: an event is written down, thought about, and answered.
//
// The hard decision: the three do not call each other. Each takes its work
// from the database and leaves its result there, so that a crash anywhere
// resumes, and a wake-up between them only saves the wait for the next poll.
package gateway

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/ask"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/metrics"
	"ringback/gateway/queue"
	"ringback/gateway/requests"
	"ringback/gateway/rounds"
	"ringback/gateway/spool"
	"ringback/gateway/traces"
	"ringback/settings"
)

// Config is what a gateway works with.
type Config struct {
	DB        *sqlx.DB // nil: it is away, and all that comes goes into the spool
	Numbers   *sqlx.DB // gives out ticket numbers beside the transactions that need them; nil: DB
	Clock     *clock.Clock
	Settings  *settings.Cache
	Directory *settings.Directory // nil: no calls
	Channels  []channels.Channel
	Account   string // the environment's provider account, which senders without one of their own use
	// Accounts have the secrets that messages go out with.
	Accounts  settings.Accounts
	PublicURL func() string
	// Links makes the links that go out to customers.
	Links requests.Links
	// Play is the public address of an uploaded prompt; nil: none is played.
	Play func(company, media string) string
	// Attach is the public address of a file that goes along with a message.
	Attach func(company, media string) string
	// FastTimeout is how long an answer to a caller may wait for the database: for the
	// settings of now, and for its journal to be durable. 0: 80 ms, which nobody hears.
	FastTimeout time.Duration
	// Spool is where events are durable while Postgres is away; nil: nowhere.
	Spool spool.Store
	// SpoolAfter is how long Postgres may take for what came in; 0: a second.
	SpoolAfter time.Duration
	// Paced holds each sender to its messages a second. A clock that is played
	// waits for nobody.
	Paced   bool
	Metrics *metrics.Metrics // nil: nothing is counted
	Traces  *traces.Traces   // nil: nothing is traced
	Log     *slog.Logger
	Rounds  *rounds.Rounds // hears when its work comes round; may be nil
	// Seen is told of what was recorded; may be nil.
	Seen    func(ctx context.Context, told []channels.Event)
	Changed func(Change) // told of each change that a watcher may show; may be nil
}

// Change is something that happened, for those who watch live.
type Change struct {
	Kind      string // decision, delivery, ticket, or Chatted
	CompanyID string
	TeamID    string
	ID        string
	decided   decided // what a decision was
	moved     movedTo // where a delivery got to
}

type decided struct{ automation, outcome, reason, origin string }

type movedTo struct {
	channel channels.Kind
	state   channels.State // empty: where it was
	code    string         // the provider's, of what went wrong
}

// tell counts changes that are committed, and passes them on.
func (g *Gateway) tell(changes ...Change) {
	for _, c := range changes {
		if d := c.decided; d.outcome != "" {
			g.Metrics.Decided(d.automation, d.outcome, d.reason)
		}
		if m := c.moved; m.state != "" {
			g.Metrics.Delivered(string(m.channel), string(m.state), m.code)
		}
		g.Changed(c)
	}
}

// Chatted is the kind of change that a visitor's chat went on; its ID is the
// visitor's address.
const Chatted = "chat"

// Gateway is the handling and sending of one process.
type Gateway struct {
	Config
	intake         intake
	seen           chan []channels.Event // recorded, and Seen not told of it yet
	telling        atomic.Int64          // how many of those Seen is not done with
	watching       atomic.Bool           // Seen is told of them
	unplayed       chan struct{}         // something new is in the spool
	spools         atomic.Int64          // how often something was put there
	nowhere        atomic.Int64          // when neither Postgres nor the spool last took something, in Unix seconds
	unkept         chan []channels.Event // journals of calls that nothing took yet
	handled        atomic.Int64          // events
	events         *queue.Workers
	sends          *queue.Queue[deliveries.Claimed]
	starts         struct{ events, sends *queue.Starts }
	gatheringTeams gatheringTeams // teams whose next batch gathers
	silents        *queue.Queue[deliveries.Silent]
	calls          *queue.Queue[journal.Silent]
	snoozed        *queue.Workers
	lookups        *queue.Queue[contacts.Lookup]
	byKind         map[channels.Kind]channels.Channel
	blocks         *ask.Together[contacts.Number, bool]
	taken          *ask.Together[deliveries.Accepted, error] // receipts that are noted together
	breakers       breakers
	pressed        *lru.Cache[string, struct{}] // legs of calls on which an advisor pressed 1, at this process
	stop           context.CancelFunc
	working        sync.WaitGroup
}

// legs is of how many calls at once a process remembers who took them.
const legs = 10_000

// New prepares a gateway; Start sets it to work.
func New(c Config) *Gateway {
	if c.Changed == nil {
		c.Changed = func(Change) {}
	}
	c.Numbers = cmp.Or(c.Numbers, c.DB)
	c.SpoolAfter = cmp.Or(c.SpoolAfter, spoolAfter)
	c.FastTimeout = cmp.Or(c.FastTimeout, fastTimeout)
	g := &Gateway{
		Config: c, intake: newIntake(), seen: make(chan []channels.Event, seenLimit), unplayed: make(chan struct{}, 1),
		unkept: make(chan []channels.Event, unkeptLimit),
		byKind: map[channels.Kind]channels.Channel{},
	}
	g.blocks = &ask.Together[contacts.Number, bool]{Patience: statement, Ask: func(ctx context.Context, all []contacts.Number) (map[contacts.Number]bool, error) {
		return contacts.Blocked(ctx, g.DB, all)
	}}
	g.taken = &ask.Together[deliveries.Accepted, error]{Patience: statement, Ask: g.noteAccepted}
	var err error
	if g.pressed, err = lru.New[string, struct{}](legs); err != nil {
		panic(err) // of a size below one
	}
	g.events = &queue.Workers{Name: "handling events", Log: c.Log, Rounds: c.Rounds, N: handlers, Poll: poll, Debounce: gathering, Next: g.handleNext}
	g.sends, g.silents, g.calls, g.snoozed = g.newSends(), g.newSilents(), g.newSilentCalls(), g.newSnoozed()
	g.lookups = g.newLookups()
	g.starts.events, g.starts.sends = queue.NewStarts(), queue.NewStarts()
	for _, channel := range c.Channels {
		for _, kind := range channel.Kinds() {
			g.byKind[kind] = channel
		}
	}
	return g
}

// handlers is how many events are handled at once, and intake has a
// connection of its own: together with the senders they stay well below the
// pool, so that the doors and the API never wait for one. poll is how often
// they look for work that nobody told them of: timers, other replicas' events,
// what a crash left.
const (
	handlers = 8
	poll     = time.Second
)

// gathering is how long nobody looks for work again after a look that found none, and how
// long a team rests after a batch that was not full: what comes meanwhile shares the next
// look, transaction and commit. One event alone costs half as much as eight together, and
// who waits for a text does not see ten milliseconds.
const gathering = 10 * time.Millisecond

// Start sets the workers to work until Stop.
func (g *Gateway) Start() {
	ctx := g.begin()
	if g.Spool != nil {
		g.working.Go(func() { g.play(ctx) })
	}
	g.events.Start()
	g.sends.Start()
	g.silents.Start()
	g.calls.Start()
	g.snoozed.Start()
	g.lookups.Start()
}

// StartIntake lets events be written down until Stop, for another process to
// handle.
func (g *Gateway) StartIntake() {
	g.begin()
}

// begin opens the doors' road.
func (g *Gateway) begin() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	g.stop = cancel
	g.working.Go(func() { g.commit(ctx) })
	g.working.Go(func() { g.watch(ctx) })
	g.working.Go(func() { g.keep(ctx) })
	return ctx
}

// Stop lets the workers finish what they have in hand. The doors have to be
// closed before.
func (g *Gateway) Stop() {
	g.stop()
	g.events.Stop()
	g.silents.Stop()
	g.calls.Stop()
	g.snoozed.Stop()
	g.lookups.Stop()
	g.sends.Stop()
	g.working.Wait()
}

// Wake lets the workers look at once, as after a demo's clock was moved.
func (g *Gateway) Wake() {
	g.events.Wake()
	g.sends.Wake()
	g.silents.Wake()
	g.calls.Wake()
	g.snoozed.Wake()
	g.lookups.Wake()
}

// Busy is how many sends are under way or about to be, and how many events wait in
// the spool.
func (g *Gateway) Busy() int {
	busy := g.sends.Busy()
	if g.Spool != nil {
		busy += g.Spool.State().Count
	}
	return busy
}
