package limit

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Slowdown makes who goes on wait ever longer: so many are free, then each takes
// twice as long as the one before, up to Most. One is forgotten for each Most that
// passes. It suits what costs us something each time, where a pace that lets an
// office go on would let a machine go on as well.
type Slowdown struct {
	Free        int
	First, Most time.Duration

	mu sync.Mutex
	by *simplelru.LRU[string, *slowed]
}

type slowed struct {
	times int
	last  time.Time // it was done, or one was forgotten
	next  time.Time // it may be done again
}

// Wait is how long until the name may do it again; 0: it just did, and was counted.
func (s *Slowdown) Wait(name string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by == nil {
		s.by, _ = simplelru.NewLRU[string, *slowed](remembered, nil) // fails for a size below one
	}
	one, known := s.by.Get(name)
	if !known {
		one = &slowed{last: now}
		s.by.Add(name, one)
	}
	if wait := one.next.Sub(now); wait > 0 {
		return wait
	}
	if rested := int(now.Sub(one.last) / s.Most); rested > 0 {
		one.times = max(0, one.times-rested)
	}
	one.times++
	one.last, one.next = now, now.Add(s.after(one.times))
	return 0
}

// after is how long the next has to wait, when it was done so often.
func (s *Slowdown) after(times int) time.Duration {
	wait := time.Duration(0)
	for n := s.Free; n <= times && wait < s.Most; n++ {
		wait = max(s.First, 2*wait)
	}
	return min(wait, s.Most)
}
