// Package rounds knows when each kind of work that goes on by itself came round last:
// one that hangs, or that nobody started, says nothing of it.
//
// The hard decision: it is a round that counts, and not what it finds. A queue that is
// empty for a week is well, and what waits in one is looked at in the database.
package rounds

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// patience is how long a round may take, beside the pause before it.
const patience = time.Hour

// Rounds are a process's. A nil one knows nothing.
type Rounds struct {
	mu   sync.Mutex
	last map[string]round
}

type round struct {
	at    time.Time
	pause time.Duration
}

// Turn notes that the work comes round now, and will again after the pause.
func (r *Rounds) Turn(work string, pause time.Duration) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[string]round{}
	}
	r.last[work] = round{time.Now(), pause}
}

// Works are those that came round, by name.
func (r *Rounds) Works() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.last))
}

// Stand is which ought to have come round again long ago, and for how long they have not.
func (r *Rounds) Stand() map[string]time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	stand := map[string]time.Duration{}
	for work, last := range r.last {
		if since := time.Since(last.at); since > last.pause+patience {
			stand[work] = since
		}
	}
	return stand
}
