package gateway

import (
	"context"
	"time"
)

// poll is how often a worker looks for work that nobody told it of: timers,
// other replicas' events, what a crash left.
const poll = time.Second

// signal wakes one waiting worker; a second wake-up before the first is heard
// adds nothing.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) wake() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// work calls next until it finds nothing to do, and again at each signal and
// each poll. A worker that found something wakes a colleague, so that as many
// work as there is work for.
func (g *Gateway) work(ctx context.Context, s signal, next func(context.Context) (bool, error)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s:
		case <-timer.C:
		}
		for first := true; ctx.Err() == nil; first = false {
			found, err := next(ctx)
			if err != nil {
				g.Log.Error("work failed, trying again", "error", err)
				break
			}
			if !found {
				break
			}
			if first {
				s.wake()
			}
		}
		timer.Reset(poll)
	}
}

// Wake lets the workers look at once, as after a demo's clock was moved.
func (g *Gateway) Wake() {
	g.handled.wake()
	g.queued.wake()
}
