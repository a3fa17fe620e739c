package hooks

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

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

// Courier keeps the companies' addresses and tells them.
type Courier struct {
	Config
	client  *http.Client
	stop    context.CancelFunc
	working sync.WaitGroup
}

// New returns a courier that stands still until Start.
func New(c Config) *Courier {
	courier := &Courier{Config: c}
	courier.client = courier.newClient()
	return courier
}

// Posting at once, and how often to look for what is due.
const (
	couriers = 4
	poll     = time.Second
)

// Start sets the courier to work until Stop.
func (c *Courier) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	for range couriers {
		c.working.Go(func() { c.run(ctx, poll, c.Work) })
	}
	c.working.Go(func() { c.run(ctx, sweeping, func(ctx context.Context) error { return c.Sweep(ctx, time.Now()) }) })
}

// Stop ends the work. A post that it cuts off is sent again, here or elsewhere.
func (c *Courier) Stop() {
	if c.stop != nil {
		c.stop()
	}
	c.working.Wait()
	c.client.CloseIdleConnections()
}

func (c *Courier) run(ctx context.Context, every time.Duration, work func(context.Context) error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := work(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("telling hooks failed, trying again", "error", err)
		}
		timer.Reset(every)
	}
}

// Work tells what is due, one after the other.
func (c *Courier) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := c.next(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}
