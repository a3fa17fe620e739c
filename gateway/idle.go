package gateway

import (
	"context"
	"fmt"
	"time"
)

const dueNow = `
select (select count(*) from events where handled_at is null and due_at <= coalesce($1::timestamptz, now()))
	+ (select count(*) from deliveries where due_at <= coalesce($1::timestamptz, now()))
	+ (select count(*) from addresses where lookup_at <= coalesce($1::timestamptz, now()))`

// Idle returns when nothing is due that the workers decide or send, by a clock that
// stands: for who plays a time and lets happen all that follows before the next. Of what
// another gateway has taken only that one knows whether it is at it still: those that
// work on the same database are named. The error is the context's, when it ends before.
func (g *Gateway) Idle(ctx context.Context, beside ...*Gateway) error {
	atWork := func() int {
		n := g.atWork()
		for _, b := range beside {
			n += b.atWork()
		}
		return n
	}
	const often, seldom = 2 * time.Millisecond, 20 * time.Millisecond
	for wait := often; ; {
		// Who asks and wakes while they work takes the processor from them.
		busy, due := atWork(), 0
		if busy == 0 {
			if err := g.DB.GetContext(ctx, &due, dueNow, g.Clock.Queue()); err != nil {
				return err
			}
			busy = atWork()
		}
		switch {
		case busy > 0:
			wait = often
		case due == 0:
			return nil
		default:
			g.Wake()
			wait = min(2*wait, seldom)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return fmt.Errorf("the gateway did not finish its work, with %d at work and %d due: %w", busy, due, ctx.Err())
		}
	}
}

// atWork is how many things are in hand of those that Idle waits for.
func (g *Gateway) atWork() int {
	n := g.Busy() + g.events.Busy() + g.lookups.Busy()
	if g.watching.Load() {
		n += int(g.telling.Load())
	}
	return n
}
