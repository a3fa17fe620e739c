package gateway

import "context"

// slots bounds how many sends are under way at once.
type slots chan struct{}

func newSlots(n int) slots {
	s := make(slots, n)
	for range n {
		s <- struct{}{}
	}
	return s
}

// take waits for a free slot and takes it with all the others that are free;
// 0 when the context ends first.
func (s slots) take(ctx context.Context) int {
	select {
	case <-ctx.Done():
		return 0
	case <-s:
	}
	for n := 1; ; n++ {
		select {
		case <-s:
		default:
			return n
		}
	}
}

func (s slots) give(n int) {
	for range n {
		s <- struct{}{}
	}
}

// Busy is how many sends are under way or about to be, and how much of calls'
// journals waits in memory.
func (g *Gateway) Busy() int { return cap(g.slots) - len(g.slots) + int(g.put.Load()) }
