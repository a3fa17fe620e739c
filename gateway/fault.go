package gateway

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/settings/transaction"
)

// attempts is how often the handling of an event is tried before it is given
// up with a decision that says so.
const attempts = 8

// troubled is how long an event waits that the database's own trouble kept from
// being handled.
const troubled = 2 * time.Second

// fault puts a failed event off, longer each time. The last time it is given
// up, with a decision, so that the page can say what became of it. Trouble of the
// database's is not the event's: it waits for its end, however long that takes. What
// the same person told later waits with it.
func (g *Gateway) fault(ctx context.Context, e events.Event, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	if contacts.Deadlocked(cause) {
		return nil // the other is through by now
	}
	if events.Troubled(cause) {
		g.Log.Warn("an event waits for the database", "event", e.ID, "error", cause)
		return events.Wait(ctx, g.DB, e, cause, g.Clock.Queue(), troubled)
	}
	g.Log.Error("an event could not be handled", "event", e.ID, "attempt", e.Attempts+1, "error", cause)
	if e.Attempts+1 < attempts {
		return events.Postpone(ctx, g.DB, e, cause, g.Clock.Queue(), backoff(e.Attempts))
	}
	return transaction.Run(ctx, g.DB, func(tx *sqlx.Tx) error {
		if open, err := events.GiveUp(ctx, tx, e, cause); err != nil || !open { // another replica has handled it
			return err
		}
		if e.Kind != channels.DeliveryMoved {
			if err := decideFault(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func decideFault(ctx context.Context, tx *sqlx.Tx, e events.Event) error {
	id, err := decisions.NewID()
	if err != nil {
		return err
	}
	return decisions.Insert(ctx, tx, decisions.Decision{
		CompanyID: e.CompanyID, ID: id, TeamID: e.TeamID, EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID,
		Outcome: string(rules.Skipped), Reason: string(rules.ReasonFault), Facts: map[string]any{"attempts": attempts}, At: e.OccurredAt, DecidedAt: e.OccurredAt,
	})
}
