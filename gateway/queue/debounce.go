package queue

import (
	"sync"
	"time"
)

// debounce holds back wake-ups for a while: those that come meanwhile are one at its end.
type debounce struct {
	mu    sync.Mutex
	until time.Time
	held  bool // one is to come at the end
}

// begin holds them back so long from now on.
func (d *debounce) begin(length time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.until = time.Now().Add(length)
}

// send wakes at once, or at the end of it.
func (d *debounce) send(wake signal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	left := time.Until(d.until)
	if left <= 0 {
		wake.send()
		return
	}
	if d.held {
		return
	}
	d.held = true
	time.AfterFunc(left, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.held = false
		wake.send()
	})
}
