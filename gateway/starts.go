package gateway

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway/queue"
)

// from is where the next claim of a queue begins. It has find review that, beside what
// the process is at. Who plays a time may set it back, and who only drains a queue has
// nobody for the review: their claims look from the beginning.
func (g *Gateway) from(starts *queue.Starts, find func(context.Context, sqlx.QueryerContext, clock.Due) ([]queue.Start, error)) queue.Look {
	now := g.Clock.Queue()
	if g.stop == nil || !now.Real() {
		return queue.Whole()
	}
	if starts.Old() {
		g.working.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), statement)
			defer cancel()
			if err := starts.Review(func() ([]queue.Start, error) { return find(ctx, g.DB, now) }); err != nil {
				g.Log.Error("looking from the beginning failed, trying again", "error", err)
			}
		})
	}
	return starts.Look()
}
