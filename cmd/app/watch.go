package app

import (
	"sync"

	"ringback/gateway"
)

// watchers hand the gateway's changes to those who watch live. A watcher that
// does not keep up misses some and has to read the state anew, which it does
// with the next one that reaches it.
type watchers struct {
	mu   sync.Mutex
	each map[chan gateway.Change]struct{}
}

// changed passes a change on: to browsers in a chat, to the staff's pages about
// the team, and to who watches.
func (a *App) changed(c gateway.Change) {
	if c.Kind == gateway.Chatted {
		a.Live.Wake(c.ID)
	}
	a.Live.Wake(c.TeamID)
	a.tell(c)
}

func (w *watchers) tell(c gateway.Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watcher := range w.each {
		select {
		case watcher <- c:
		default:
		}
	}
}

// end closes every watcher's channel; there is nothing left to see.
func (w *watchers) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watcher := range w.each {
		delete(w.each, watcher)
		close(watcher)
	}
}

// Watch returns the changes from now on, and a function that ends them. The
// channel is closed when the gateway stops.
func (w *watchers) Watch() (<-chan gateway.Change, func()) {
	watcher := make(chan gateway.Change, 64)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.each == nil {
		w.each = map[chan gateway.Change]struct{}{}
	}
	w.each[watcher] = struct{}{}
	return watcher, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.each, watcher)
	}
}
