package gateway

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/queue"
)

// A number is asked about while its call goes on, beside all that the caller hears.
// Who asks costs money: after lookupTries it stays unknown.
const (
	lookups      = 8
	lookupsEach  = 4 // of one account
	lookupLease  = time.Minute
	lookupTries  = 4
	lookupPutOff = 5 * time.Minute
)

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
			return l.Keep(ctx, g.DB, channels.UnknownLine)
		},
	})
}

// lookUp asks what line a number is, once.
func (g *Gateway) lookUp(ctx context.Context, l contacts.Lookup) error {
	asked, ok := g.byKind[channels.SMS].(channels.LineTyper)
	if !ok {
		return l.Keep(ctx, g.DB, channels.UnknownLine)
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
		return l.PutOff(ctx, g.DB, g.Clock.Queue(), lookupPutOff)
	default:
		g.Log.Warn("a number could not be looked up, and stays unknown", "error", err)
		kind = channels.UnknownLine
	}
	return l.Keep(context.WithoutCancel(ctx), g.DB, kind)
}
