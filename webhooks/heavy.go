package webhooks

import (
	"context"
	"errors"
	"net/http"

	"ringback/channels"
)

// A body takes many times its length while it is looked at, and anybody may send one:
// whether it is signed is known only afterwards. Of those that are longer than most, a
// few are held at a time and fewer are looked at, so that a flood of them takes neither
// the memory nor the processors from everybody else.
const (
	heavyFrom   = 64 << 10 // bytes
	heavyHeld   = 32
	heavyLooked = 4
)

// errHeavy is a long body that finds too many before it: its provider comes again.
var errHeavy = errors.New("too many long bodies at once")

// scales count the long bodies that are here.
type scales struct{ held, looked chan struct{} }

func newScales() scales {
	return scales{make(chan struct{}, heavyHeld), make(chan struct{}, heavyLooked)}
}

// take reads a request's body in and, if it is a long one, waits for its turn. Done is
// to be called when it was dealt with.
func (s scales) take(ctx context.Context, r *http.Request, read func() (channels.Request, error)) (request channels.Request, done func(), err error) {
	done = func() {}
	if r.ContentLength >= 0 && r.ContentLength < heavyFrom {
		request, err = read()
		return request, done, err
	}
	select {
	case s.held <- struct{}{}:
	default:
		return request, done, errHeavy
	}
	done = func() { <-s.held }
	if request, err = read(); err != nil || len(request.Body) < heavyFrom {
		return request, done, err
	}
	select {
	case s.looked <- struct{}{}:
		return request, func() { <-s.looked; <-s.held }, nil
	case <-ctx.Done():
		return request, done, errHeavy
	}
}
