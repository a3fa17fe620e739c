package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/spool"
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

// record makes many arrivals durable with one commit: in Postgres or, while it takes
// nothing, in the spool. What the spool holds goes before what comes in: that waits
// there for its turn. One that Postgres took after we gave it up is in both, and is
// known there when it comes again. What a spool whose servers are away does not take goes
// to Postgres, also before what they hold: a provider that is refused may never come again.
func (g *Gateway) record(together []*arrival) {
	if g.Spool == nil {
		for n, err := range g.write(together) {
			together[n].done <- err
		}
		return
	}
	var unspooled error
	if g.DB == nil || g.behind() {
		unspooled = g.spoolAll(together)
		if unspooled == nil || g.DB == nil || !errors.Is(unspooled, spool.ErrAway) {
			g.answerAll(together, unspooled)
			return
		}
	}
	done := make(chan []error, 1)
	go func() { done <- g.write(together) }()
	patience := time.NewTimer(g.SpoolAfter)
	defer patience.Stop()
	var failed []error
	select {
	case failed = <-done:
	case <-patience.C:
		if unspooled == nil {
			unspooled = g.spoolAll(together)
		}
		if unspooled == nil || !errors.Is(unspooled, spool.ErrAway) {
			g.answerAll(together, unspooled)
			return
		}
		select { // it may take them yet
		case failed = <-done:
		case <-time.After(playWithin):
			g.answerAll(together, unspooled)
			return
		}
	}
	var left []*arrival
	for n, a := range together {
		if away(failed[n]) {
			left = append(left, a)
			continue
		}
		a.answer(failed[n]) // a panic may have had it told already
	}
	if len(left) > 0 {
		g.Log.Warn("Postgres is away", "error", failed[slices.Index(together, left[0])])
		if unspooled == nil {
			unspooled = g.spoolAll(left)
		}
		g.answerAll(left, unspooled)
	}
}

// answerAll tells all what became of what they brought.
func (g *Gateway) answerAll(together []*arrival, err error) {
	if err != nil {
		g.nowhere.Store(time.Now().Unix())
	}
	for _, a := range together {
		a.answer(err)
	}
}

// write brings many arrivals to Postgres in one commit, and says of each what became
// of it. What Postgres will not take, and what panics here, would fail its neighbors
// with it, now and at every repeat: then each is written on its own.
func (g *Gateway) write(together []*arrival) []error {
	within := statement
	if g.Spool != nil { // which has it by then, and brings it again
		within = playWithin
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	var all []channels.Event
	for _, a := range together {
		all = append(all, a.events...)
	}
	err := g.guarded("recording events", func() (err error) {
		if len(together) == 1 && together[0].played {
			_, err = events.RecordAgain(ctx, g.DB, all, g.Account, g.Clock.Queue())
		} else {
			_, err = events.Record(ctx, g.DB, all, g.Account, g.Clock.Queue())
		}
		return err
	})
	failed := slices.Repeat([]error{err}, len(together))
	if ownFault(err) {
		for n, a := range together {
			failed[n] = g.recordAlone(ctx, a.events, ownFault)
		}
	}
	if err == nil && g.Seen != nil {
		select {
		case g.seen <- all:
		default: // it will be said of the next
		}
	}
	return failed
}

// watch tells of what was recorded, beside the doors' road: whoever hears of it
// may have to wait for a connection, and the next webhooks must not.
func (g *Gateway) watch(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case all := <-g.seen:
			telling, cancel := context.WithTimeout(ctx, statement)
			_ = g.guarded("telling of what was recorded", func() error { g.Seen(telling, all); return nil })
			cancel()
		}
	}
}

// recordAlone writes events one by one, and sets aside those of whose errors never is
// true: no repeat would bring them to Postgres.
func (g *Gateway) recordAlone(ctx context.Context, arrived []channels.Event, never func(error) bool) error {
	for _, e := range arrived {
		err := g.guarded("recording an event", func() error {
			_, err := events.Record(ctx, g.DB, []channels.Event{e}, g.Account, g.Clock.Queue())
			return err
		})
		if err != nil && never(err) {
			g.Log.Error("an event cannot be recorded, and is set aside among the strays", "error", err)
			cause := err
			err = g.guarded("setting an event aside", func() error { return events.Quarantine(ctx, g.DB, e, cause, g.Clock.Queue()) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}
