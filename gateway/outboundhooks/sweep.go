package outboundhooks

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// kept is how long the log reaches back: it holds what customers wrote.
const kept = 30 * 24 * time.Hour

// sweeping is how often a process tidies up.
const sweeping = 10 * time.Minute

const (
	// What was queued in the moment in which its address was switched off or
	// deleted has nobody to hear it.
	strays = `
update hook_deliveries d set state = 'failed', due_at = null, error = 'hook_off', updated_at = now()
where due_at is not null and not exists (select from hooks h where h.company_id = d.company_id and h.id = d.hook_id and h.enabled)`

	old = `
delete from hook_deliveries d using hooks h
where d.company_id = h.company_id and d.hook_id = h.id and d.id < $1 and d.due_at is null`

	former = `update hooks set former_secret = null, former_until = null where former_until <= now()`
)

// Sweep deletes what is older than a month and secrets that sign no longer, and
// gives up what nobody will hear.
func (c *Dispatcher) Sweep(ctx context.Context, now time.Time) error {
	_, err := c.DB.ExecContext(ctx, strays)
	if err == nil {
		_, err = c.DB.ExecContext(ctx, old, firstID(now.Add(-kept)))
	}
	if err == nil {
		_, err = c.DB.ExecContext(ctx, former)
	}
	return wrap(err, "sweep hooks")
}

// firstID is the smallest id that could have been made at the time.
func firstID(at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16)
	return id.String()
}
