package queue

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"ringback/channels/guard"
	"ringback/gateway/rounds"
)

// signal wakes one that waits; a second wake-up before the first is heard adds
// nothing.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) send() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// beat wakes at once and at each poll. It is one beat however many wait: who finds
// something wakes a colleague, and idle ones cost no look and no connection.
func beat(ctx context.Context, wake signal, poll time.Duration) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		wake.send()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// run calls next at each signal until it finds nothing more to do. It tells of the
// first that it found after it had waited.
func run(ctx context.Context, log *slog.Logger, name string, wake signal, next func(context.Context) (bool, error), first func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		for n := 0; ctx.Err() == nil; n++ {
			var found bool
			err := guard.Do(func() (err error) { found, err = next(ctx); return err })
			if err != nil && ctx.Err() == nil {
				log.Error(name+" failed, trying again", "error", err)
			}
			if err != nil || !found {
				break
			}
			if n == 0 {
				first()
			}
		}
	}
}

// Workers do what is found and done in one transaction, whose locks keep
// others away from it and end with it: there is no lease to run out.
type Workers struct {
	Name   string
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears of each; nil: nobody asks
	N      int
	Poll   time.Duration
	// Debounce is how long nobody is woken after a look that found nothing: whoever tells of
	// single things in quick succession would have as many looks. 0: at once.
	Debounce time.Duration
	// Next does something that is due, and reports whether there was anything.
	Next func(ctx context.Context) (bool, error)

	begin    sync.Once
	wake     signal
	debounce debounce
	turns    atomic.Int64    // under way
	ctx      context.Context //nolint:containedctx // of the goroutines that Start begins
	end      context.CancelFunc
	busy     sync.WaitGroup
}

func (w *Workers) prepare() {
	w.begin.Do(func() {
		w.wake = newSignal()
		w.ctx, w.end = context.WithCancel(context.Background())
	})
}

// Start sets them to work until Stop. One who found something wakes a
// colleague, so that as many work as there is work for.
func (w *Workers) Start() {
	w.prepare()
	w.busy.Go(func() { beat(w.ctx, w.wake, w.Poll) })
	for range w.N {
		w.busy.Go(func() { run(w.ctx, w.Log, w.Name, w.wake, w.turn, w.wake.send) })
	}
}

// turn is a round: Next, of which the rounds hear.
func (w *Workers) turn(ctx context.Context) (bool, error) {
	w.turns.Add(1)
	defer w.turns.Add(-1)
	w.Rounds.Turn(w.Name, w.Poll)
	found, err := w.Next(ctx)
	if !found && w.Debounce > 0 {
		w.debounce.begin(w.Debounce)
	}
	return found, err
}

// Busy is how many of them have something in hand, or look whether there is something.
func (w *Workers) Busy() int { return int(w.turns.Load()) }

// Wake has one of them look at once, or when that is over.
func (w *Workers) Wake() {
	w.prepare()
	w.debounce.send(w.wake)
}

// Stop lets them finish what they have in hand, whose context ends.
func (w *Workers) Stop() {
	w.prepare()
	w.end()
	w.busy.Wait()
}

// Drain does what is due, one after the other, until nothing is.
func (w *Workers) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := w.Next(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}
