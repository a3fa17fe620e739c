package queue

import (
	"sync"
	"time"
)

// lull holds back wake-ups for a while: those that come meanwhile are one at its end.
type lull struct {
	mu    sync.Mutex
	until time.Time
	held  bool // one is to come at the end
}

// begin has the lull last so long from now on.
func (l *lull) begin(length time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = time.Now().Add(length)
}

// send wakes at once, or at the end of the lull.
func (l *lull) send(wake signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := time.Until(l.until)
	if left <= 0 {
		wake.send()
		return
	}
	if l.held {
		return
	}
	l.held = true
	time.AfterFunc(left, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held = false
		wake.send()
	})
}
