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

// Asking asks the provider what became of checkouts of which nothing was heard: an
// event that got lost, or that a wrong secret refused, would leave somebody who has
// paid asked to pay again.
var Asking = Errand{
	name: "asking about checkouts", due: "ask_at", tries: "asks", trouble: "what became of a checkout is not known", do: (*Checkouts).ask,
	waits: queue.Waits{2 * time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour},
}

// How long is waited for news: of somebody who says that they paid, of a checkout
// after its end, and of a bank that sends the money.
const (
	afterReturn = 30 * time.Second
	afterEnd    = 10 * time.Minute
	forBank     = 24 * time.Hour
)

const askSoon = `
update payments set ask_at = least(ask_at, coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond')
where company_id = $1 and request_id = $2 and checkout <> '' and state in ('open', 'failed')`

// Returned has the provider asked soon about a request whose customer says that they
// have paid, unless its event comes first. Queue is the time of the queries that compare
// due times.
func Returned(ctx context.Context, q sqlx.ExecerContext, company, request string, queue clock.Due) error {
	if _, err := q.ExecContext(ctx, askSoon, company, request, queue, afterReturn.Milliseconds()); err != nil {
		return fmt.Errorf("payment of request %s: %w", request, err)
	}
	return nil
}

func (c *Checkouts) ask(ctx context.Context, one checkout) error {
	if one.State != stripe.Processing && one.State != stripe.Failed && one.State != open {
		return c.next(ctx, one, 0) // settled by a process of the version before
	}
	now := c.Clock.Now()
	told, err := c.Stripe.Look(ctx, one.Checkout, now)
	switch {
	case errors.Is(err, stripe.ErrUnknown):
		c.Log.Warn("a checkout is not known at the account any more", "payment", one.ID, "error", err)
		return c.next(ctx, one, 0)
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // the lease runs out, and it is done again
	case err != nil:
		return c.later(ctx, one, err)
	}
	moved, changed, err := Settle(ctx, c.DB, told, now, c.Clock.Queue())
	switch {
	case errors.Is(err, ErrOther): // asking again would not help
		c.Log.Error("what became of a payment was set aside", "payment", one.ID, "error", err)
		c.tell(moved)
		return c.next(ctx, one, 0)
	case err != nil:
		return err
	case changed:
		c.tell(moved)
	}
	switch {
	case told.What == stripe.Processing:
		return c.next(ctx, one, forBank)
	case told.What == "" && now.Before(one.ExpiresAt):
		return c.next(ctx, one, one.ExpiresAt.Sub(now)+afterEnd)
	case told.What == "":
		return c.next(ctx, one, c.Errand.waits.After(one.Tries))
	}
	return c.next(ctx, one, 0)
}
