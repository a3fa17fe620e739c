package events

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// InternalEvent is an event that the gateway tells itself: what an advisor or a
// customer's page did, or a timer. It takes the same road as what providers
// tell, so that it is decided about once, whatever crashes.
type InternalEvent struct {
	CompanyID, TeamID string
	SenderID          string // the sender it is about; empty: none
	Name              string // of this event for ever: raised again, it changes nothing
	At                time.Time
	Due               time.Time // zero: at once
	Payload           Internal
}

// What is due at once is so by every clock: a demo's may be ahead or behind.
const raise = `
insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload)
values ($1, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, least($7, now())), $9::jsonb)
on conflict (company_id, sender_id, provider_id) do nothing`

// Raise writes the event into the queue.
func (r InternalEvent) Raise(ctx context.Context, tx sqlx.ExecerContext) error {
	payload, err := encode(r.Payload)
	if err != nil {
		return fmt.Errorf("raise %s: %w", r.Name, err)
	}
	if r.SenderID == "" {
		r.SenderID = r.TeamID // the column wants one, and what is raised is told apart by its name
	}
	id := uuid.Must(uuid.NewV7()).String()
	var due any
	if !r.Due.IsZero() {
		due = r.Due
	}
	if _, err := tx.ExecContext(ctx, raise, r.CompanyID, id, r.TeamID, r.SenderID, string(r.Payload.Kind()), r.Name, r.At, due, string(payload)); err != nil {
		return fmt.Errorf("raise %s: %w", r.Name, err)
	}
	return nil
}
