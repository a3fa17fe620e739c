package app

import (
	"context"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway/ask"
	"ringback/gateway/health"
)

// oldest is how long the oldest message that is due has waited. Everybody may ask for it,
// however often: the database is asked every askedEvery at the most.
type oldest struct {
	mu    sync.Mutex
	asked time.Time
	waits time.Duration
}

const askedEvery = 5 * time.Second

// wait is how long; what cannot be found out is as it was.
func (o *oldest) wait(ctx context.Context, db *sqlx.DB, c *clock.Clock) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.asked) < askedEvery {
		return o.waits
	}
	waits, err := ask.Within(ctx, answersWithin, func(ctx context.Context) (time.Duration, error) { return health.OldestMessage(ctx, db, c.Now()) })
	if o.asked = time.Now(); err == nil {
		o.waits = waits
	}
	return o.waits
}
