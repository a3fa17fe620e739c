package queue

import (
	"context"
	"errors"

	"ringback/channels/guard"
)

// do works on one thing while its lease is kept.
func (q *Queue[T]) do(ctx context.Context, thing T, lease *Lease) error {
	life := ctx
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	lease.lost = end
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan struct{})
	go func() { defer close(kept); lease.keep(keeping) }()
	defer func() { stop(); <-kept }()

	err := guard.Do(func() error { return q.Work(ctx, thing, lease) })
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
	defer cancel()
	switch {
	case guard.Panicked(err):
		q.Log.Error(q.Name+" panicked", "error", err)
		return guard.Do(func() error { return q.Panicked(noting, thing, err) })
	case errors.Is(err, ErrLost), errors.Is(context.Cause(ctx), ErrLost):
		q.Log.Warn(q.Name + ": the lease ran out, and somebody else goes on")
		return nil
	case life.Err() != nil && q.Release != nil:
		return guard.Do(func() error { return q.Release(noting, thing) })
	case life.Err() != nil:
		return nil
	}
	return err
}
