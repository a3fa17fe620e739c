package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/gateway/queue"
)

// A provider that has said nothing of a message for silence is asked about it,
// one message at a time for a process, so that a day of lost callbacks does not
// become a flood. While it cannot be asked, it is asked again for askFurther.
const (
	silence    = 15 * time.Minute
	asking     = 1
	askPoll    = 5 * time.Second
	askLease   = time.Minute
	askFurther = 24 * time.Hour
)

// newSilents is the queue of messages of which callbacks never came.
func (g *Gateway) newSilents() *queue.Queue[deliveries.Silent] {
	return queue.New(queue.Config[deliveries.Silent]{
		Name: "asking what became of messages", Log: g.Log, Rounds: g.Rounds, Slots: asking, Poll: askPoll, Lease: askLease,
		Claim: func(ctx context.Context, room queue.Room) ([]deliveries.Silent, error) {
			return deliveries.ClaimSilent(ctx, g.DB, g.Clock.Queue(), room.Free, askLease)
		},
		Renew: func(ctx context.Context, s deliveries.Silent) (bool, error) {
			return true, s.AskAgain(ctx, g.DB, g.Clock.Queue(), askLease)
		},
		Work: func(ctx context.Context, s deliveries.Silent, _ *queue.Lease) error { return g.track(ctx, s) },
		Panicked: func(ctx context.Context, s deliveries.Silent, _ error) error {
			return s.AskAgain(ctx, g.DB, g.Clock.Queue(), 0)
		},
	})
}

// askAfter is how long a provider that can be asked may say nothing of a
// message; 0: it cannot be asked.
func (g *Gateway) askAfter(kind channels.Kind) time.Duration {
	if _, ok := g.byKind[kind].(channels.Tracker); ok {
		return silence
	}
	return 0
}

// track asks once, and has the answer take the road of a callback.
func (g *Gateway) track(ctx context.Context, s deliveries.Silent) error {
	tracker, ok := g.byKind[s.Kind].(channels.Tracker)
	if !ok {
		return s.AskAgain(ctx, g.DB, g.Clock.Queue(), 0)
	}
	account, err := g.account(ctx, s.Kind, s.Account)
	if err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, call)
	defer cancel()
	e, err := tracker.Track(calling, account, channels.Outgoing{Delivery: s.ID, Kind: s.Kind, From: s.From, To: s.To}, s.ProviderID)
	if err != nil {
		return g.untracked(ctx, s, err)
	}
	e.At = g.Clock.Now()
	if _, err := events.Record(ctx, g.DB, []channels.Event{e}, g.Account, g.Clock.Queue()); err != nil {
		return fmt.Errorf("delivery %s: what became of it: %w", s.ID, err)
	}
	g.events.Wake()
	return s.AskAgain(ctx, g.DB, g.Clock.Queue(), 0)
}

// untracked plans the next question, as far as another answer can come.
func (g *Gateway) untracked(ctx context.Context, s deliveries.Silent, cause error) error {
	g.Log.Warn("could not ask what became of a message", "delivery", s.ID, "error", cause)
	wait := silence
	var refused *channels.SendError
	final := errors.As(cause, &refused) && refused.Retry == channels.Never && refused.Reason != channels.ReasonCredentials
	if final || g.Clock.Now().Sub(s.SentAt) > askFurther {
		wait = 0
	}
	return s.AskAgain(context.WithoutCancel(ctx), g.DB, g.Clock.Queue(), wait)
}
