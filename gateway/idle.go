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
		n := g.Busy() + g.lookups.Busy()
		for _, b := range beside {
			n += b.Busy() + b.lookups.Busy()
		}
		return n
	}
	// Who asks and wakes all the time takes the processor from those who work.
	for wait := 2 * time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		var due int
		before := atWork()
		if err := g.DB.GetContext(ctx, &due, dueNow, g.Clock.Queue()); err != nil {
			return err
		}
		busy := before + atWork()
		if busy+due == 0 {
			return nil
		}
		if busy == 0 {
			g.Wake()
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return fmt.Errorf("the gateway did not finish its work, with %d at work and %d due: %w", busy, due, ctx.Err())
		}
	}
}
