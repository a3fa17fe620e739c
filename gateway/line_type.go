package gateway

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/queue"
	"ringback/settings"
)

// A number is asked about while its call goes on, beside all that the caller hears, or
// when a text is about to leave for it that nobody knows. Who asks costs money: after
// lookupTries it stays unknown. The text waits lineWait at most, in which it is asked
// again once or twice.
const (
	lookups     = 8
	lookupsEach = 4 // of one account
	lookupLease = time.Minute
	lookupTries = 4
	lineWait    = time.Minute
)

// lookupWaits are the waits after the first, the second and the third look-up that
// went wrong.
var lookupWaits = queue.Waits{10 * time.Second, 30 * time.Second, 5 * time.Minute}

// awaitLine is the one road by which texts wait for what line a number is, whoever
// wrote them: it has it found out, and puts the text off until it is known. False: the
// text need not wait, and what is known of the number stands in the delivery.
func (g *Gateway) awaitLine(ctx context.Context, c *deliveries.Claimed) (bool, error) {
	if !c.AskLine {
		return false, nil
	}
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	wanted, err := settings.WantsLineTypes(ctx, tx, c.SenderID)
	if err != nil {
		return false, err
	}
	asked, err := contacts.WantLineType(ctx, tx, c.CompanyID, c.To, c.SenderID, wanted, g.Clock.Queue())
	if err != nil {
		return false, err
	}
	if !asked { // the answer has come since
		c.LineType, err = contacts.LineType(ctx, tx, c.CompanyID, c.To)
		return false, err
	}
	if err := deliveries.Hold(ctx, tx, *c, g.Clock.Queue(), lineWait); err != nil {
		return false, err
	}
	if err := tx.Commit(); err != nil {
		return false, err
	}
	g.lookups.Wake()
	return true, nil
}

// keepLine remembers what line a number is, and lets go on what waits for it.
func (g *Gateway) keepLine(ctx context.Context, l contacts.Lookup, kind string) error {
	if err := l.Keep(ctx, g.DB, kind); err != nil {
		return err
	}
	if err := deliveries.Release(ctx, g.DB, l.CompanyID, l.Number, g.Clock.Queue()); err != nil {
		return err
	}
	g.sends.Wake()
	return nil
}

// newLookups is the queue of numbers of which nobody knows what line they are.
func (g *Gateway) newLookups() *queue.Queue[contacts.Lookup] {
	return queue.New(queue.Config[contacts.Lookup]{
		Name: "looking numbers up", Log: g.Log, Rounds: g.Rounds, Slots: lookups, Each: lookupsEach, Lease: lookupLease,
		Claim: func(ctx context.Context, room queue.Room) ([]contacts.Lookup, error) {
			return contacts.ClaimLookups(ctx, g.DB, g.Clock.Queue(), room.Free, lookupLease)
		},
		Renew: func(ctx context.Context, l contacts.Lookup) (bool, error) {
			return true, l.PutOff(ctx, g.DB, g.Clock.Queue(), lookupLease)
		},
		Key:  func(l contacts.Lookup) string { return l.Account },
		Work: func(ctx context.Context, l contacts.Lookup, _ *queue.Lease) error { return g.lookUp(ctx, l) },
		Panicked: func(ctx context.Context, l contacts.Lookup, _ error) error {
			return g.keepLine(ctx, l, channels.UnknownLine)
		},
	})
}

// lookUp asks what line a number is, once.
func (g *Gateway) lookUp(ctx context.Context, l contacts.Lookup) error {
	asked, ok := g.byKind[channels.SMS].(channels.LineTyper)
	if !ok {
		return g.keepLine(ctx, l, channels.UnknownLine)
	}
	account, err := g.account(ctx, channels.Voice, l.Account)
	if err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, call)
	kind, err := asked.LineType(calling, account, l.Number)
	cancel()
	var refused *channels.SendError
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case l.Tries < lookupTries && (!errors.As(err, &refused) || refused.Retry != channels.Never):
		g.Log.Warn("a number could not be looked up", "error", err)
		return l.PutOff(ctx, g.DB, g.Clock.Queue(), lookupWaits.After(l.Tries))
	default:
		g.Log.Warn("a number could not be looked up, and stays unknown", "error", err)
		kind = channels.UnknownLine
	}
	return g.keepLine(context.WithoutCancel(ctx), l, kind)
}
