package media

import (
	"context"
	"time"
)

// Fetching at once, how often to look for what nobody announced, and how often
// to tidy up.
const (
	fetchers = 4
	poll     = time.Second
	sweeping = 10 * time.Minute
)

// Start sets the archive to work until Stop.
func (a *Archive) Start() {
	for range fetchers {
		a.chores.Start(a.Log, "fetching media", poll, a.Work)
	}
	a.chores.Start(a.Log, "sweeping media", sweeping, a.Sweep)
}

// Stop ends the fetching. What it cuts off is fetched anew, here or elsewhere.
func (a *Archive) Stop() { a.chores.Stop() }

// Work fetches what is due, one after the other.
func (a *Archive) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := a.fetchNext(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}
