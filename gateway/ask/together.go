package ask

import (
	"context"
	"sync"
	"time"

	"ringback/channels/guard"
)

// Together asks one question about many keys at once: while an answer is on its way,
// whoever comes waits for the next one, which is for all of them. However many
// come, they need one connection to the database.
type Together[K comparable, V any] struct {
	// Ask answers about the keys; what is not in the answer has the zero value.
	Ask func(ctx context.Context, keys []K) (map[K]V, error)
	// Patience bounds a question.
	Patience time.Duration

	mu    sync.Mutex
	next  *round[K, V] // gathers who comes; nil: nobody waits
	asked bool         // a question is on its way
}

type round[K comparable, V any] struct {
	keys    map[K]struct{}
	answers map[K]V
	err     error
	done    chan struct{}
}

// About is the answer about one key, or the context's error when none came in time.
func (t *Together[K, V]) About(ctx context.Context, key K) (V, error) {
	t.mu.Lock()
	if t.next == nil {
		t.next = &round[K, V]{keys: map[K]struct{}{}, done: make(chan struct{})}
	}
	mine := t.next
	mine.keys[key] = struct{}{}
	if !t.asked {
		t.asked = true
		go t.run()
	}
	t.mu.Unlock()
	select {
	case <-mine.done:
		return mine.answers[key], mine.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// run asks round after round until nobody waits.
func (t *Together[K, V]) run() {
	for {
		t.mu.Lock()
		now := t.next
		t.next, t.asked = nil, now != nil
		t.mu.Unlock()
		if now == nil {
			return
		}
		t.ask(now)
	}
}

func (t *Together[K, V]) ask(r *round[K, V]) {
	defer close(r.done)
	ctx, cancel := context.WithTimeout(context.Background(), t.Patience)
	defer cancel()
	keys := make([]K, 0, len(r.keys))
	for key := range r.keys {
		keys = append(keys, key)
	}
	r.err = guard.Do(func() (err error) { r.answers, err = t.Ask(ctx, keys); return err })
}
