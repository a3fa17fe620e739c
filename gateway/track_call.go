package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway/calls/journal"
	"ringback/gateway/events"
	"ringback/gateway/queue"
)

// A call of which nothing was told for a while is asked about before it is
// settled. While the provider cannot be asked, the settling waits for
// callTries, a lease each.
const (
	callLease = time.Minute
	callTries = 5
)

// newSilentCalls is the queue of calls whose end was never told.
func (g *Gateway) newSilentCalls() *queue.Queue[journal.Silent] {
	return queue.New(queue.Config[journal.Silent]{
		Name: "asking what calls are doing", Log: g.Log, Rounds: g.Rounds, Slots: asking, Poll: askPoll, Lease: callLease,
		Claim: func(ctx context.Context, room queue.Room) ([]journal.Silent, error) {
			return journal.ClaimSilent(ctx, g.DB, g.Clock.Queue(), room.Free, callLease)
		},
		Renew:    func(context.Context, journal.Silent) (bool, error) { return true, nil },
		Work:     func(ctx context.Context, s journal.Silent, _ *queue.Lease) error { return g.trackCall(ctx, s) },
		Panicked: func(ctx context.Context, s journal.Silent, _ error) error { return s.AskNoMore(ctx, g.DB) },
	})
}

// callTracker is the provider of calls, if it can be asked about them.
func (g *Gateway) callTracker() channels.CallTracker {
	for _, channel := range g.Channels {
		if tracker, ok := channel.(channels.CallTracker); ok {
			return tracker
		}
	}
	return nil
}

// trackCall asks once, and has the answer take the road of a callback: an end
// settles the call, and one that goes on is a line in its journal, which moves
// its timer.
func (g *Gateway) trackCall(ctx context.Context, s journal.Silent) error {
	tracker := g.callTracker()
	if tracker == nil {
		return s.AskNoMore(ctx, g.DB)
	}
	account, err := g.account(ctx, s.Kind, s.Account)
	if err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, call)
	defer cancel()
	e, err := tracker.TrackCall(calling, account, s.SID)
	var refused *channels.SendError
	switch {
	case errors.As(err, &refused) && refused.Retry == channels.Never && refused.Reason != channels.ReasonCredentials:
		return s.AskNoMore(ctx, g.DB) // there is no such call
	case err != nil && s.Asks < callTries:
		g.Log.Warn("could not ask what a call is doing", "call", s.ID, "error", err)
		return s.PutOff(context.WithoutCancel(ctx), g.DB, g.Clock.Now().Add(2*callLease))
	case err != nil:
		return s.AskNoMore(context.WithoutCancel(ctx), g.DB)
	}
	e.At, e.SenderID, e.SenderAddress = g.Clock.Now(), s.SenderID, s.Called
	if e.Kind == channels.CallNoted {
		e.ProviderID += "/" + e.At.Format(time.RFC3339) // each answer is a line of its own
	}
	if _, err := events.Record(ctx, g.DB, []channels.Event{e}, g.Account, g.Clock.Queue()); err != nil {
		return fmt.Errorf("call %s: what it is doing: %w", s.ID, err)
	}
	g.events.Wake()
	return nil
}
