package limit

import "sync"

// Open counts what stays open, such as streams, by the name of who holds it.
type Open struct {
	mu   sync.Mutex
	held map[string]int
}

// Hold counts one more of each name, unless one of them has as many as it may.
// Release gives them back.
func (o *Open) Hold(most map[string]int) (release func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil {
		o.held = map[string]int{}
	}
	for name, limit := range most {
		if o.held[name] >= limit {
			return nil, false
		}
	}
	for name := range most {
		o.held[name]++
	}
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		for name := range most {
			if o.held[name]--; o.held[name] <= 0 {
				delete(o.held, name)
			}
		}
	}, true
}
