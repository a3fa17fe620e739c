package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ringback/channels/guard"
)

// ErrLost is a lease that has run out, so that others may be at work.
var ErrLost = errors.New("the lease ran out")

// Lease is a worker's right to a thing. The database holds it; here is known
// for how long it surely does.
type Lease struct {
	length time.Duration
	renew  func(ctx context.Context) (bool, error)
	lost   context.CancelCauseFunc // ends the work

	mu    sync.Mutex
	since time.Time
	again bool // it was renewed
}

// Hold sees to it that the lease lasts for so long from now on, and is called
// just before a request leaves that may take as long. With an error the request
// must not leave: ErrLost, or the database could not be asked.
func (l *Lease) Hold(ctx context.Context, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left() >= d {
		return nil
	}
	if err := l.extend(ctx); err != nil {
		return err
	}
	if l.left() < d {
		return errors.New("renew the lease: the database took too long")
	}
	return nil
}

// Renewed reports whether the lease goes beyond what was claimed: what the claim knew may
// have changed since.
func (l *Lease) Renewed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.again
}

// left goes by both of the machine's clocks: one of them stands still while a
// machine sleeps, and the other may be set back.
func (l *Lease) left() time.Duration {
	now := time.Now()
	return l.length - max(now.Sub(l.since), now.Round(0).Sub(l.since.Round(0)))
}

func (l *Lease) extend(ctx context.Context) error {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, l.length/3)
	defer cancel()
	var ours bool
	err := guard.Do(func() (err error) { ours, err = l.renew(ctx); return err })
	if err != nil {
		return fmt.Errorf("renew the lease: %w", err)
	}
	if !ours {
		l.lost(ErrLost)
		return ErrLost
	}
	l.since, l.again = begun, true
	return nil
}

// keep renews the lease long before it runs out, and ends the work when it has
// none the less.
func (l *Lease) keep(ctx context.Context) {
	ticker := time.NewTicker(l.length / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		err := l.extend(ctx)
		if err != nil && l.left() <= 0 {
			l.lost(ErrLost)
		}
		l.mu.Unlock()
	}
}
