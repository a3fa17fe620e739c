package payments

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
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
	Rounds *rounds.Rounds // hears when its work comes round; may be nil

	begin sync.Once
	queue *queue.Queue[closing]
}

// checkouts is the queue of those to close. All of them lie at one provider,
// with one account.
func (c *Closer) checkouts() *queue.Queue[closing] {
	c.begin.Do(func() {
		c.queue = queue.New(queue.Config[closing]{
			Name: "closing checkouts", Log: c.Log, Rounds: c.Rounds, Slots: 2, Lease: lease,
			Claim: c.claim, Renew: c.renew, Work: c.close, Panicked: c.later,
		})
	})
	return c.queue
}

// Start sets the closer to work until Stop.
func (c *Closer) Start() {
	if c.Stripe != nil {
		c.checkouts().Start()
	}
}

// Stop ends the work. What it cuts off is done again, here or elsewhere.
func (c *Closer) Stop() { c.checkouts().Stop() }

// Work closes what is due, one after the other.
func (c *Closer) Work(ctx context.Context) error { return c.checkouts().Drain(ctx) }

// lease is how long nobody else closes what was claimed: longer than a call.
const lease = time.Minute

const (
	claimToClose = `
with due as materialized (
	select company_id, id from payments where close_at <= coalesce($1::timestamptz, now())
	order by close_at limit $3 for update skip locked
)
update payments p set close_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', closes = p.closes + 1
from due where p.company_id = due.company_id and p.id = due.id
returning p.company_id, p.id, p.checkout, p.closes, p.expires_at`

	renewClose = `
update payments set close_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and closes = $3 and close_at is not null`

	// What is paid stays so; an attempt that is over otherwise is begun no more. Which
	// of both it is, the provider is asked where its event does not say so soon.
	closed = `
update payments set close_at = null, state = case when state in ('open', 'failed') and $3 then 'expired' else state end, updated_at = now(),
	ask_at = case when not $3 and state in ('open', 'failed') then coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond' when not $3 then ask_at end
where company_id = $1 and id = $2`
	closeLater = `
update payments set close_at = coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and closes = $5 and close_at is not null`
)

var closeWaits = queue.Waits{2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 20 * time.Minute}

type closing struct {
	CompanyID string    `db:"company_id"`
	ID        string    `db:"id"`
	Checkout  string    `db:"checkout"`
	Closes    int       `db:"closes"` // this one included
	ExpiresAt time.Time `db:"expires_at"`
}

func (c *Closer) claim(ctx context.Context, room queue.Room) ([]closing, error) {
	var due []closing
	if err := sqlx.SelectContext(ctx, c.DB, &due, claimToClose, c.Clock.Queue(), lease.Milliseconds(), room.Free); err != nil {
		return nil, fmt.Errorf("claim checkouts to close: %w", err)
	}
	return due, nil
}

func (c *Closer) renew(ctx context.Context, one closing) (bool, error) {
	result, err := c.DB.ExecContext(ctx, renewClose, one.CompanyID, one.ID, one.Closes, c.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("payment %s: renew: %w", one.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (c *Closer) close(ctx context.Context, one closing, _ *queue.Lease) error {
	fault := c.Stripe.Expire(ctx, one.Checkout)
	over := errors.Is(fault, stripe.ErrOver) || c.Clock.Now().After(one.ExpiresAt) // paid or over: the provider tells which
	switch {
	case fault != nil && !over && ctx.Err() != nil:
		return ctx.Err() // the lease runs out, and it is done again
	case fault != nil && !over:
		return c.later(ctx, one, fault)
	}
	if _, err := c.DB.ExecContext(ctx, closed, one.CompanyID, one.ID, fault == nil, c.Clock.Queue(), afterReturn.Milliseconds()); err != nil {
		return fmt.Errorf("payment %s: %w", one.ID, err)
	}
	return nil
}

// later plans the next try.
func (c *Closer) later(ctx context.Context, one closing, fault error) error {
	c.Log.Warn("a checkout could not be closed", "payment", one.ID, "attempt", one.Closes, "error", fault)
	wait := closeWaits.After(one.Closes).Milliseconds()
	if _, err := c.DB.ExecContext(ctx, closeLater, one.CompanyID, one.ID, c.Clock.Queue(), wait, one.Closes); err != nil {
		return fmt.Errorf("payment %s: %w", one.ID, err)
	}
	return nil
}
