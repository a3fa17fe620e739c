package gateway

import (
	"context"
	"errors"
	"fmt"

	"ringback/channels"
)

// ErrBusy is that too many events wait to be written down; the provider may
// try again.
var ErrBusy = errors.New("too many requests are waiting to be recorded")

// batch is how many webhooks share one commit at most, and backlog how many
// may wait for theirs.
const (
	batch   = 256
	backlog = 4096
)

// seenLimit is how many batches may wait for Seen to be told of them.
const seenLimit = 16

// intake is where webhooks wait for the commit they share.
type intake chan *arrival

type arrival struct {
	events []channels.Event
	played bool // out of the spool: Postgres may be at work on it from before
	done   chan error
}

// answer tells who waits; once they were told, it does nothing.
func (a *arrival) answer(err error) {
	select {
	case a.done <- err:
	default:
	}
}

func newIntake() intake { return make(intake, backlog) }

// Receive writes events down and returns when they are durable, in Postgres or in
// the spool. An event that
// is known already is fine; so is one for no sender of ours, which is kept as
// a stray. Events without a time are given the present one.
func (g *Gateway) Receive(ctx context.Context, arrived []channels.Event) error {
	a := g.arrive(arrived)
	select {
	case g.intake <- a:
	default:
		return ErrBusy
	}
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("record: %w", ctx.Err())
	}
}

// arrive is events as they wait for their commit, each with its time.
func (g *Gateway) arrive(arrived []channels.Event) *arrival {
	now := g.Clock.Now()
	for i := range arrived {
		if arrived[i].At.IsZero() || arrived[i].At.After(now) {
			arrived[i].At = now
		}
	}
	return &arrival{events: arrived, done: make(chan error, 1)}
}

// commit is the one writer: while it commits, webhooks gather, and the next
// statement takes them all.
func (g *Gateway) commit(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-g.intake:
			together := gather(first, g.intake)
			if err := g.guarded("recording events", func() error { g.record(together); return nil }); err != nil {
				for _, a := range together {
					a.answer(err)
				}
			}
			g.events.Wake()
		}
	}
}

func gather(first *arrival, more intake) []*arrival {
	together := []*arrival{first}
	for len(together) < batch {
		select {
		case next := <-more:
			together = append(together, next)
		default:
			return together
		}
	}
	return together
}

// watch tells of what was recorded, beside the doors' road: whoever hears of it
// may have to wait for a connection, and the next webhooks must not.
func (g *Gateway) watch(ctx context.Context) {
	g.watching.Store(true)
	defer g.watching.Store(false)
	for {
		select {
		case <-ctx.Done():
			return
		case all := <-g.seen:
			telling, cancel := context.WithTimeout(ctx, statement)
			_ = g.guarded("telling of what was recorded", func() error { g.Seen(telling, all); return nil })
			cancel()
			g.telling.Add(-1)
		}
	}
}
