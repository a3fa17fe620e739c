package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"ringback/channels"
	"ringback/gateway/events"
)

// place keeps what it can of arrivals, and tells who waits for those what became of
// them. It returns those that may go to the next place, and why it did not take them.
type place func([]*arrival) (left []*arrival, why error)

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
	var postgres writing
	places := []place{g.within(g.SpoolAfter, &postgres), g.spoolAll, g.within(playWithin, &postgres)}
	switch {
	case g.DB == nil:
		places = []place{g.spoolAll}
	case g.behind():
		places = []place{g.spoolAll, g.within(g.SpoolAfter+playWithin, &postgres)}
	}
	left, why := together, error(nil)
	for _, keep := range places {
		if left, why = keep(left); len(left) == 0 {
			return
		}
	}
	g.answerAll(left, why)
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

// writing is one try to bring arrivals to Postgres, which goes on while nobody waits
// for it.
type writing struct {
	begin    sync.Once
	together []*arrival
	failed   []error // of each
	done     chan struct{}
}

// errTakesLong is that Postgres has not answered in the time there was.
var errTakesLong = errors.New("no answer of Postgres in time")

// within is Postgres as a place that is waited for so long. Waited for again, it is the
// same try.
func (g *Gateway) within(patience time.Duration, w *writing) place {
	return func(together []*arrival) ([]*arrival, error) {
		w.begin.Do(func() {
			w.together, w.done = together, make(chan struct{})
			go func() {
				defer close(w.done)
				w.failed = g.write(together)
				if n := slices.IndexFunc(w.failed, away); n >= 0 {
					g.Log.Warn("Postgres is away", "error", w.failed[n])
				}
			}()
		})
		waited := time.NewTimer(patience)
		defer waited.Stop()
		select {
		case <-w.done:
		case <-waited.C:
			return together, errTakesLong
		}
		var left []*arrival
		var why error
		for n, a := range w.together {
			if away(w.failed[n]) {
				left, why = append(left, a), w.failed[n]
				continue
			}
			a.answer(w.failed[n]) // the spool may have told it already
		}
		return left, why
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
		g.telling.Add(1)
		select {
		case g.seen <- all:
		default: // it will be said of the next
			g.telling.Add(-1)
		}
	}
	return failed
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
