package outboundhooks

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/httpcall"
	"ringback/gateway/periodic"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
)

// Config is what a dispatcher stands on.
type Config struct {
	DB       *sqlx.DB
	Key      *settings.SecretKey // seals the addresses' secrets; nil: none can be added
	Log      *slog.Logger
	Rounds   *rounds.Rounds // hears when its work comes round; may be nil
	TLS      *tls.Config    // nil: the usual one
	Loopback bool           // addresses of this machine and its network may be told; for tests
}

// Dispatcher keeps the companies' addresses and tells them.
type Dispatcher struct {
	Config
	client *http.Client
	posts  *queue.Queue[claimed]
	chores periodic.Runner
}

// New returns a dispatcher that stands still until Start.
func New(c Config) *Dispatcher {
	d := &Dispatcher{Config: c, client: httpcall.OutsideClient(c.TLS, c.Loopback), chores: periodic.Runner{Rounds: c.Rounds}}
	d.posts = queue.New(queue.Config[claimed]{
		Name: "telling hooks", Log: c.Log, Rounds: c.Rounds, Slots: posting, Each: each, Lease: lease,
		Claim: d.claim, Renew: d.renew, Work: d.tell,
		Key: func(d claimed) string { return d.Host },
		Panicked: func(ctx context.Context, one claimed, _ error) error {
			return d.failed(ctx, one, 0, "a fault of ours kept it from being sent")
		},
	})
	return d
}

// Posting at once, and of that to one host. All the addresses that a company
// may have, on as many hosts that hang, leave slots for the others.
const (
	each    = 4
	posting = 2 * each * most
)

// Start sets the dispatcher to work until Stop.
func (c *Dispatcher) Start() {
	c.posts.Start()
	c.chores.Start(c.Log, "sweeping hooks", sweeping, func(ctx context.Context) error { return c.Sweep(ctx, time.Now()) })
}

// Stop ends the work. A post that it cuts off is sent again, here or elsewhere.
func (c *Dispatcher) Stop() {
	c.posts.Stop()
	c.chores.Stop()
	c.client.CloseIdleConnections()
}

// Work tells what is due, one after the other.
func (c *Dispatcher) Work(ctx context.Context) error { return c.posts.Drain(ctx) }
