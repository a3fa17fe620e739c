package settings

import (
	"context"
	"sync"
	"time"

	"ringback/channels/guard"
)

// shared lets many who ask the same question at the same time share an answer.
// One question is under way for each key, and all who ask meanwhile wait for
// the next one: an answer never began before it was asked for, so that a save
// is in force for whoever asks after it. Whoever gives up waiting leaves the
// question to the others; a canceled query would cost a connection each.
type shared[T any] struct {
	mu   sync.Mutex
	keys map[string]*turns[T]
}

type turns[T any] struct{ next *turn[T] }

type turn[T any] struct {
	done   chan struct{}
	answer T
	err    error
}

// longest is how long one question may take.
const longest = 5 * time.Second

func newShared[T any]() *shared[T] { return &shared[T]{keys: map[string]*turns[T]{}} }

// get returns the answer of a question that begins after this call, or the
// context's error when it ends before.
func (s *shared[T]) get(ctx context.Context, key string, ask func(context.Context) (T, error)) (T, error) {
	mine := s.join(key, ask)
	select {
	case <-mine.done:
		return mine.answer, mine.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

func (s *shared[T]) join(key string, ask func(context.Context) (T, error)) *turn[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, asking := s.keys[key]
	if !asking {
		t = &turns[T]{}
		s.keys[key] = t
		go s.answer(key, t, ask)
	}
	if t.next == nil {
		t.next = &turn[T]{done: make(chan struct{})}
	}
	return t.next
}

// answer asks for one turn after the other until nobody waits any more.
func (s *shared[T]) answer(key string, t *turns[T], ask func(context.Context) (T, error)) {
	for {
		s.mu.Lock()
		mine := t.next
		t.next = nil
		if mine == nil {
			delete(s.keys, key)
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		mine.err = guard.Do(func() (err error) { mine.answer, err = ask(ctx); return err })
		cancel()
		close(mine.done)
	}
}
