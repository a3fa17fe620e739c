package gateway

import (
	"context"
	"errors"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/queue"
)

// After a lost answer a message is looked for at the provider, twice some
// seconds apart, before it is sent once more. skew is how far the provider's
// clock may be behind ours.
const (
	lookAfter = 4 * time.Second
	lookUps   = 2
	skew      = time.Minute
	// hearAfter is how long a provider that cannot be asked is waited for.
	hearAfter = time.Minute
)

// tries is how many sends a delivery gets before it has failed. With the
// backoff they reach over about a quarter of an hour.
const tries = 10

var waits = queue.Waits{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, 64 * time.Second, 128 * time.Second, 3 * time.Minute,
}

// backoff is the wait after the n-th failure: one second, doubling to three
// minutes.
func backoff(n int) time.Duration { return waits.After(n + 1) }

// look finds out what became of a send whose answer is not known. True: it is
// surely not there, and is to be sent once more.
func (g *Gateway) look(ctx context.Context, channel channels.Channel, account channels.Account, message channels.Outgoing, c deliveries.Claimed) (bool, error) {
	finder, ok := channel.(channels.Finder)
	if !ok && c.Lookups == 0 { // it cannot be asked, but may tell by itself
		return false, g.reschedule(ctx, c, deliveries.Plan{Look: true, Attempts: c.Attempts, Looks: 1, Wait: hearAfter}, &channels.SendError{
			Reason: channels.ReasonAmbiguous, Err: errors.New("the provider's answer was lost; waiting for its word"),
		})
	}
	if !ok {
		return false, g.end(ctx, c, channels.Unknown, &channels.SendError{
			Reason: channels.ReasonAmbiguous,
			Err:    errors.New("the provider's answer was lost, and it cannot be asked"),
		})
	}
	calling, cancel := context.WithTimeout(ctx, call)
	receipt, found, err := finder.Find(calling, account, message, c.TriedAt.Add(-skew))
	cancel()
	g.noteCall(c.Bulkhead(), err)
	lost := &channels.SendError{Reason: channels.ReasonAmbiguous, Err: errors.New("the provider's answer was lost; looking for the message")}
	plan := deliveries.Plan{Look: true, Attempts: c.Attempts, Looks: c.Lookups}
	switch {
	case err != nil:
		g.Log.Warn("could not look for a message", "delivery", c.ID, "error", err)
		plan.Wait = lookAfter
		return false, g.reschedule(ctx, c, plan, lost)
	case found:
		return false, g.markAccepted(ctx, c, receipt, *c.TriedAt)
	case c.Lookups+1 < lookUps:
		plan.Looks, plan.Wait = c.Lookups+1, lookAfter
		return false, g.reschedule(ctx, c, plan, lost)
	case c.Stopped != "":
		return false, g.end(ctx, c, channels.Canceled, &channels.SendError{Reason: c.Stopped})
	case c.Expired:
		return false, g.end(ctx, c, channels.Expired, &channels.SendError{})
	case c.Attempts >= tries:
		return false, g.end(ctx, c, channels.Failed, lost)
	}
	return deliveries.Retried(ctx, g.DB, c, g.Clock.Queue())
}
