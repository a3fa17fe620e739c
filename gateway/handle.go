package gateway

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// statement bounds the database's part in one step of work.
const statement = 10 * time.Second

// attempts is how often the handling of an event is tried before it is given
// up with a decision that says so.
const attempts = 8

// maxBatch is how many events of a team are handled in one transaction at the
// most, and batchBudget is when it ends before: well before its time is over.
const (
	maxBatch    = 32
	batchBudget = statement / 5
)

// asyncCommit lets a commit return before it is on disk. All that handling writes
// follows from events that are on disk: a database that crashes in this moment
// comes back with the events unhandled and nothing of what they led to. Nothing
// has left the house by then, because the commit that claims a delivery waits
// for the disk, and so for every commit before it.
const asyncCommit = `set local synchronous_commit to off`

// handleNext handles some due events of one team in one transaction: everything
// they lead to is written, or nothing. False: none is due.
func (g *Gateway) handleNext(ctx context.Context) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("handle: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, asyncCommit); err != nil {
		return false, fmt.Errorf("handle: %w", err)
	}
	claimed, err := events.Claim(ctx, tx, g.Clock.Queue(), maxBatch)
	if err != nil || len(claimed) == 0 {
		return false, err
	}
	slices.SortStableFunc(claimed, contactsFirst)
	var changes []Change
	for n, start := 0, time.Now(); n < len(claimed); n++ {
		if time.Since(start) > batchBudget {
			claimed = claimed[:n]
			break
		}
		handled, err := g.handle(ctx, tx, claimed[n])
		if err != nil {
			_ = tx.Rollback() // those before it are handled anew, without it
			if contacts.Deadlocked(err) {
				return true, nil // the other is through by now
			}
			return true, g.fault(ctx, claimed[n], err)
		}
		changes = append(changes, handled...)
	}
	if _, err := events.Done(ctx, tx, claimed...); err != nil {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		return false, fmt.Errorf("handle %d events: %w", len(claimed), err)
	}
	for _, change := range changes {
		g.Changed(change)
	}
	g.sends.Wake()
	return true, nil
}

// contactsFirst puts what customers did before what became of our messages: a
// transaction locks contacts before deliveries, here as everywhere, so that no
// two wait for each other.
func contactsFirst(a, b events.Event) int {
	switch {
	case a.Kind != channels.DeliveryMoved && b.Kind == channels.DeliveryMoved:
		return -1
	case a.Kind == channels.DeliveryMoved && b.Kind != channels.DeliveryMoved:
		return 1
	}
	return 0
}

// handle does what an event asks for. A fault in our own code becomes an
// error: the event is tried again, and its neighbors are not held up.
func (g *Gateway) handle(ctx context.Context, tx *sqlx.Tx, e events.Event) (changes []Change, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("event %s: panic: %v\n%s", e.ID, fault, debug.Stack())
		}
	}()
	payload, err := e.Decode()
	if err != nil {
		return nil, err
	}
	switch p := payload.(type) {
	case channels.Event:
		return g.handleProviderEvent(ctx, tx, e, p)
	case events.TicketLapse:
		return g.lapse(ctx, tx, e, p)
	case events.RequestExpired:
		return g.expire(ctx, tx, e, p)
	}
	c, err := g.load(ctx, tx, e, payload)
	if errors.Is(err, errGone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return g.conclude(ctx, tx, c)
}

// load is the case of an event of the gateway's own that could have a reply, or
// errGone.
func (g *Gateway) load(ctx context.Context, tx *sqlx.Tx, e events.Event, payload any) (effects.Case, error) {
	switch p := payload.(type) {
	case events.TicketChanged:
		return g.loadAsk(ctx, tx, e, p)
	case events.Request:
		return g.loadAsk(ctx, tx, e, p)
	case events.PageShared:
		return g.loadAsk(ctx, tx, e, p)
	case events.AskHeld:
		return g.loadHeldAsk(ctx, tx, e, p)
	case events.TicketCreated:
		return g.loadTicket(ctx, tx, e, p)
	case events.CallSettled:
		return g.loadCall(ctx, tx, e)
	case events.CallHeld:
		return g.loadHeldCall(ctx, tx, e)
	default:
		return effects.Case{}, fmt.Errorf("event %s: nobody handles the kind %q", e.ID, e.Kind)
	}
}

// handleProviderEvent does what an event of a provider's asks for.
func (g *Gateway) handleProviderEvent(ctx context.Context, tx *sqlx.Tx, e events.Event, received channels.Event) ([]Change, error) {
	switch e.Kind {
	case channels.MessageReceived:
		return g.handleMessage(ctx, tx, e, received)
	case channels.DeliveryMoved:
		return g.handleStatus(ctx, tx, e, *received.Status)
	case channels.Noted:
		return nil, nil // it is kept for people to see, and asks for nothing
	default:
		return g.handleCall(ctx, tx, e, received)
	}
}

// handleMessage answers what a customer wrote.
func (g *Gateway) handleMessage(ctx context.Context, tx *sqlx.Tx, e events.Event, received channels.Event) ([]Change, error) {
	c, err := g.loadMessage(ctx, tx, e, received)
	if err != nil {
		return nil, err
	}
	changes, err := g.conclude(ctx, tx, c)
	if received.Sender == channels.WebChat { // their browsers show it as arrived
		changes = append(changes, Change{Kind: Chatted, CompanyID: e.CompanyID, TeamID: e.TeamID, ID: received.CustomerAddress})
	}
	return changes, err
}

// fault puts a failed event off, longer each time. The last time it is given
// up, with a decision, so that the page can say what became of it.
func (g *Gateway) fault(ctx context.Context, e events.Event, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	g.Log.Error("an event could not be handled", "event", e.ID, "attempt", e.Attempts+1, "error", cause)
	if e.Attempts+1 < attempts {
		return events.Postpone(ctx, g.DB, e, cause, g.Clock.Queue(), backoff(e.Attempts))
	}
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("event %s: give up: %w", e.ID, err)
	}
	defer func() { _ = tx.Rollback() }()
	if open, err := events.GiveUp(ctx, tx, e); err != nil || !open { // another replica has handled it
		return err
	}
	if e.Kind != channels.DeliveryMoved {
		if err := decideFault(ctx, tx, e); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func decideFault(ctx context.Context, tx *sqlx.Tx, e events.Event) error {
	id, err := decisions.NewID()
	if err != nil {
		return err
	}
	return decisions.Decision{
		CompanyID: e.CompanyID, ID: id, TeamID: e.TeamID, EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID,
		Outcome: string(rules.Skipped), Reason: string(rules.ReasonFault), Facts: map[string]any{"attempts": attempts}, At: e.OccurredAt,
	}.Insert(ctx, tx)
}
