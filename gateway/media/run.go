package media

import (
	"context"
	"time"

	"ringback/gateway/queue"
)

// Fetching at once, and of that from one account at a provider; and how often
// to tidy up.
const (
	fetching = 16
	each     = 4
	sweeping = 10 * time.Minute
)

func (a *Archive) newFetches() *queue.Queue[claimed] {
	return queue.New(queue.Config[claimed]{
		Name: "fetching media", Log: a.Log, Rounds: a.Rounds, Slots: fetching, Each: each, Lease: a.lease(),
		Claim: a.claim, Renew: a.renew, Work: a.fetchOne,
		Key:      func(c claimed) string { return string(c.Kind) + " " + c.Account },
		Panicked: a.failed,
		Release: func(ctx context.Context, c claimed) error {
			return a.settle(ctx, c, again, "", a.Clock.Queue(), 0)
		},
	})
}

// Start sets the archive to work until Stop.
func (a *Archive) Start() {
	a.fetches.Start()
	a.chores.Start(a.Log, "sweeping media", sweeping, a.Sweep)
}

// Stop ends the fetching. What it cuts off is fetched anew, here or elsewhere.
func (a *Archive) Stop() {
	a.fetches.Stop()
	a.chores.Stop()
}

// Work fetches what is due, one after the other.
func (a *Archive) Work(ctx context.Context) error { return a.fetches.Drain(ctx) }
