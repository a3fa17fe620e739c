package payments

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/periodic"
)

const toClose = `
update payments set close_at = coalesce($3::timestamptz, now())
where company_id = $1 and request_id = $2 and checkout <> '' and state in ('open', 'failed') and close_at is null`

// Close has the request's open checkouts end at the provider, soon after the
// transaction: nobody is to pay what was taken back. Queue is the time of the
// queries that compare due times.
func Close(ctx context.Context, tx sqlx.ExecerContext, company, request string, queue clock.Due) error {
	if _, err := tx.ExecContext(ctx, toClose, company, request, queue); err != nil {
		return fmt.Errorf("checkouts of request %s: %w", request, err)
	}
	return nil
}

// Closer ends checkouts at the provider. Who pays in the same moment has paid:
// the provider says so, and its word goes before ours.
type Closer struct {
	DB     *sqlx.DB
	Clock  *clock.Clock
	Stripe *stripe.Client // nil: there is nothing to close
	Log    *slog.Logger

	chores periodic.Runner
}

// poll is how often to look for a checkout to close.
const poll = time.Second

// Start sets the closer to work until Stop.
func (c *Closer) Start() {
	if c.Stripe != nil {
		c.chores.Start(c.Log, "closing checkouts", poll, c.Work)
	}
}

// Stop ends the work. What it cuts off is done again, here or elsewhere.
func (c *Closer) Stop() { c.chores.Stop() }

// Work closes what is due, one after the other.
func (c *Closer) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := c.next(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}

// lease is how long nobody else closes what was claimed: longer than a call.
const lease = time.Minute

const (
	claimToClose = `
with due as materialized (
	select company_id, id from payments where close_at <= coalesce($1::timestamptz, now())
	order by close_at limit 1 for update skip locked
)
update payments p set close_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', closes = p.closes + 1
from due where p.company_id = due.company_id and p.id = due.id
returning p.company_id, p.id, p.checkout, p.closes, p.expires_at`

	// What is paid stays so; an attempt that is over otherwise is begun no more.
	closed = `
update payments set close_at = null, state = case when state in ('open', 'failed') and $3 then 'expired' else state end, updated_at = now()
where company_id = $1 and id = $2`
	closeLater = `
update payments set close_at = coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond' where company_id = $1 and id = $2`
)

type closing struct {
	CompanyID string    `db:"company_id"`
	ID        string    `db:"id"`
	Checkout  string    `db:"checkout"`
	Closes    int       `db:"closes"` // this one included
	ExpiresAt time.Time `db:"expires_at"`
}

func (c *Closer) next(ctx context.Context) (bool, error) {
	var one closing
	err := sqlx.GetContext(ctx, c.DB, &one, claimToClose, c.Clock.Queue(), lease.Milliseconds())
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("claim a checkout to close: %w", err)
	}
	fault := c.Stripe.Expire(ctx, one.Checkout)
	switch {
	case fault == nil:
		_, err = c.DB.ExecContext(ctx, closed, one.CompanyID, one.ID, true)
	case errors.Is(fault, stripe.ErrOver) || c.Clock.Now().After(one.ExpiresAt): // paid or over: the provider tells which
		_, err = c.DB.ExecContext(ctx, closed, one.CompanyID, one.ID, false)
	case ctx.Err() != nil:
		return false, nil // the lease runs out, and it is done again
	default:
		c.Log.Warn("a checkout could not be closed", "payment", one.ID, "attempt", one.Closes, "error", fault)
		wait := min(time.Minute<<min(one.Closes, 5), 20*time.Minute)
		_, err = c.DB.ExecContext(ctx, closeLater, one.CompanyID, one.ID, c.Clock.Queue(), wait.Milliseconds())
	}
	if err != nil {
		return false, fmt.Errorf("payment %s: %w", one.ID, err)
	}
	return true, nil
}
