package outboundhooks

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/periodic"
	"ringback/settings"
)

// Config is what a courier stands on.
type Config struct {
	DB       *sqlx.DB
	Key      *settings.SecretKey // seals the addresses' secrets; nil: none can be added
	Log      *slog.Logger
	TLS      *tls.Config // nil: the usual one
	Loopback bool        // addresses of this machine and its network may be told; for tests
}

// Dispatcher keeps the companies' addresses and tells them.
type Dispatcher struct {
	Config
	client *http.Client
	chores periodic.Runner
}

// New returns a courier that stands still until Start.
func New(c Config) *Dispatcher {
	return &Dispatcher{Config: c, client: NewClient(c.TLS, c.Loopback)}
}

// Posting at once, and how often to look for what is due.
const (
	couriers = 4
	poll     = time.Second
)

// Start sets the courier to work until Stop.
func (c *Dispatcher) Start() {
	for range couriers {
		c.chores.Start(c.Log, "telling hooks", poll, c.Work)
	}
	c.chores.Start(c.Log, "sweeping hooks", sweeping, func(ctx context.Context) error { return c.Sweep(ctx, time.Now()) })
}

// Stop ends the work. A post that it cuts off is sent again, here or elsewhere.
func (c *Dispatcher) Stop() {
	c.chores.Stop()
	c.client.CloseIdleConnections()
}

// Work tells what is due, one after the other.
func (c *Dispatcher) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := c.next(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}
