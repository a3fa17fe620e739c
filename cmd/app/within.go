package app

import (
	"context"
	"time"
)

// answersWithin is how long Postgres may take for a question on which somebody waits.
const answersWithin = time.Second

// within asks, and leaves a question that takes too long to itself: the end of a
// context frees no call from a server that has gone silent.
func within[T any](wait time.Duration, ask func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	said := make(chan answer, 1)
	go func() {
		value, err := ask()
		said <- answer{value, err}
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case now := <-said:
		return now.value, now.err
	case <-timer.C:
		var none T
		return none, context.DeadlineExceeded
	}
}
