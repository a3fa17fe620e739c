// Package ask is for questions to the database on which somebody waits who must not
// wait long.
//
// The hard decision: whoever asks leaves, and the question stays behind until the
// connection gives it up. The end of a context does not free a call from a Postgres
// that has gone silent (lib/pq issue 620), so that to wait for the call is to wait for
// the silence to be taken for an end.
package ask

import (
	"context"
	"time"

	"ringback/channels/guard"
)

// Within returns the answer to a question, or the context's error when there is none
// in time. The question's context ends by then, too.
func Within[T any](ctx context.Context, wait time.Duration, question func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	asking, cancel := context.WithTimeout(ctx, wait)
	said := make(chan answer, 1)
	go func() {
		defer cancel()
		var now answer
		now.err = guard.Do(func() (err error) { now.value, err = question(asking); return err })
		said <- now
	}()
	select {
	case now := <-said:
		return now.value, now.err
	case <-asking.Done():
	}
	select {
	case now := <-said: // both at once: it is an answer
		return now.value, now.err
	default:
		var none T
		return none, asking.Err()
	}
}
