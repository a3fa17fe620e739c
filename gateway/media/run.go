package media

import (
	"context"
	"time"
)

// Fetching at once, and how often to look for what nobody announced.
const (
	fetchers = 4
	poll     = time.Second
)

// Start sets the archive to fetching until Stop.
func (a *Archive) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	for range fetchers {
		a.working.Go(func() { a.run(ctx) })
	}
}

// Stop ends the fetching. What it cuts off is fetched anew, here or elsewhere.
func (a *Archive) Stop() {
	if a.stop != nil {
		a.stop()
	}
	a.working.Wait()
}

func (a *Archive) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := a.Work(ctx); err != nil {
			a.Log.Error("fetching media failed, trying again", "error", err)
		}
		timer.Reset(poll)
	}
}

// Work fetches what is due, one after the other.
func (a *Archive) Work(ctx context.Context) error {
	for ctx.Err() == nil {
		if found, err := a.fetchNext(ctx); err != nil || !found {
			return err
		}
	}
	return nil
}
