package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/stripe"
	"ringback/gateway/queue"
)

// Closing ends checkouts at the provider. Who pays in the same moment has paid:
// the provider says so, and its word goes before ours.
var Closing = Errand{
	name: "closing checkouts", due: "close_at", tries: "closes", trouble: "a checkout could not be closed", do: (*Checkouts).close,
	waits: queue.Waits{2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 20 * time.Minute},
}

const (
	toClose = `
update payments set close_at = coalesce($3::timestamptz, now())
where company_id = $1 and request_id = $2 and checkout <> '' and state in ('open', 'failed') and close_at is null`

	// What is paid stays so; an attempt that is over otherwise is begun no more. Which
	// of both it is, the provider is asked where its event does not say so soon.
	closed = `
update payments set close_at = null, state = case when state in ('open', 'failed') and $3 then 'expired' else state end, updated_at = now(),
	ask_at = case when not $3 and state in ('open', 'failed') then coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond' when not $3 then ask_at end
where company_id = $1 and id = $2`
)

// Close has the request's open checkouts end at the provider, soon after the
// transaction: nobody is to pay what was taken back. Queue is the time of the
// queries that compare due times.
func Close(ctx context.Context, tx sqlx.ExecerContext, company, request string, queue clock.Due) error {
	if _, err := tx.ExecContext(ctx, toClose, company, request, queue); err != nil {
		return fmt.Errorf("checkouts of request %s: %w", request, err)
	}
	return nil
}

func (c *Checkouts) close(ctx context.Context, one checkout) error {
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
