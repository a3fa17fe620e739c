// Package periodic does a thing over and over until it is stopped: what looks for
// due work, and what sweeps. Each replica has its own; that two of them do not
// do the same is the work's to see to, with locks on rows.
package periodic

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ringback/channels/guard"
	"ringback/gateway/rounds"
)

// Runner are a process's, each in a goroutine of its own. The zero value has
// none.
type Runner struct {
	Rounds *rounds.Rounds // hears of each; nil: nobody asks

	stop context.CancelFunc
	ctx  context.Context
	busy sync.WaitGroup
}

// Start does the chore at once and again after each pause. An error is logged,
// also a panic, and the next time comes all the same.
func (c *Runner) Start(log *slog.Logger, what string, pause time.Duration, chore func(context.Context) error) {
	if c.stop == nil {
		c.ctx, c.stop = context.WithCancel(context.Background())
	}
	c.busy.Go(func() {
		timer := time.NewTimer(0)
		defer timer.Stop()
		for {
			select {
			case <-c.ctx.Done():
				return
			case <-timer.C:
			}
			c.Rounds.Turn(what, pause)
			if err := guard.Do(func() error { return chore(c.ctx) }); err != nil && c.ctx.Err() == nil {
				log.Error(what+" failed, trying again", "error", err)
			}
			timer.Reset(pause)
		}
	})
}

// Stop ends all chores, and waits for them. What is cut off is done again,
// here or elsewhere.
func (c *Runner) Stop() {
	if c.stop != nil {
		c.stop()
	}
	c.busy.Wait()
}
