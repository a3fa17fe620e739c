package events

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Event is one event to handle.
type Event struct {
	CompanyID  string             `db:"company_id"`
	ID         string             `db:"id"`
	TeamID     string             `db:"team_id"`
	SenderID   string             `db:"sender_id"`
	Kind       channels.EventKind `db:"kind"`
	ProviderID string             `db:"provider_id"`
	OccurredAt time.Time          `db:"occurred_at"`
	Attempts   int                `db:"attempts"`
	Payload    json.RawMessage    `db:"payload"`
}

// Told is what the provider told us.
func (e Event) Told() (channels.Event, error) {
	var told channels.Event
	if err := json.Unmarshal(e.Payload, &told); err != nil {
		return told, fmt.Errorf("event %s: payload: %w", e.ID, err)
	}
	return told, nil
}

// ErrNone is that nothing is due.
var ErrNone = errors.New("no event is due")

// claim takes the oldest due event of a lane in which nothing older is due. A
// lane's older event may be in another transaction's hands: its row is locked
// there and still unhandled here, so the younger one has to wait for it.
const claim = `
select company_id, id, team_id, sender_id, kind, provider_id, occurred_at, attempts, payload
from events e
where handled_at is null and due_at <= coalesce($1::timestamptz, now())
  and not exists (
    select from events older
    where older.lane = e.lane and older.seq < e.seq and older.handled_at is null
      and older.due_at <= coalesce($1::timestamptz, now()))
order by due_at, seq
limit 1
for update skip locked`

// Claim locks the next due event for the rest of the transaction, or returns
// ErrNone.
func Claim(ctx context.Context, tx sqlx.QueryerContext, queue any) (Event, error) {
	var e Event
	err := sqlx.GetContext(ctx, tx, &e, claim, queue)
	if errors.Is(err, sql.ErrNoRows) {
		return e, ErrNone
	}
	if err != nil {
		return e, fmt.Errorf("claim an event: %w", err)
	}
	return e, nil
}

const done = `update events set handled_at = now(), fault = null where company_id = $1 and id = $2`

// Done marks an event as handled.
func Done(ctx context.Context, tx sqlx.ExecerContext, e Event) error {
	if _, err := tx.ExecContext(ctx, done, e.CompanyID, e.ID); err != nil {
		return fmt.Errorf("event %s: done: %w", e.ID, err)
	}
	return nil
}

const postpone = `
update events set attempts = attempts + 1, fault = $3, due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and handled_at is null`

// Postpone puts an event off after a fault.
func Postpone(ctx context.Context, q sqlx.ExecerContext, e Event, fault error, queue any, wait time.Duration) error {
	if _, err := q.ExecContext(ctx, postpone, e.CompanyID, e.ID, fault.Error(), queue, wait.Milliseconds()); err != nil {
		return fmt.Errorf("event %s: postpone: %w", e.ID, err)
	}
	return nil
}
