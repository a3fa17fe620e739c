package webhooks

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/webhooks/web/limit"
)

// A body takes many times its length while it is looked at, and anybody may send one:
// whether it is signed is known only afterwards. Of those that are longer than most, a
// few are held at a time, fewer of one network and for as long as a long one takes to
// come, and fewer still are looked at: a flood of them takes neither the memory nor the
// processors from everybody else, and those that come byte by byte keep nobody out.
const (
	heavyFrom   = 64 << 10 // bytes
	heavyHeld   = 32
	heavyOfOne  = 8 // network
	heavyLooked = 4
	heavyWithin = 5 * time.Second // Meta's longest is 3 MB
)

// errHeavy is a long body that finds too many before it: its provider comes again.
var errHeavy = errors.New("too many long bodies at once")

// scales count the long bodies that are here.
type scales struct {
	held   *limit.Open
	looked chan struct{}
}

func newScales() scales {
	return scales{&limit.Open{}, make(chan struct{}, heavyLooked)}
}

// weigh has the request's body weighed while it is read: where it turns out to be a long
// one and too many are held, reading it ends with errHeavy.
func (s scales) weigh(g *gin.Context, until time.Time) *weighed {
	w := &weighed{ReadCloser: g.Request.Body, scales: s, network: limit.Network(g.ClientIP()), until: until, hurry: http.NewResponseController(g.Writer).SetReadDeadline}
	if g.Request.ContentLength >= heavyFrom { // it says so
		w.came = heavyFrom
	}
	g.Request.Body = w
	return w
}

// weighed is a body of which nobody knows yet whether it is a long one.
type weighed struct {
	io.ReadCloser
	scales  scales
	network string
	until   time.Time // it may come
	hurry   func(time.Time) error
	came    int64 // bytes
	release func()
	looking bool
}

// Read takes a place before the first byte that makes it a long one.
func (w *weighed) Read(b []byte) (int, error) {
	if w.came >= heavyFrom && w.release == nil {
		release, ok := w.scales.held.Hold(map[string]int{"": heavyHeld, w.network: heavyOfOne})
		if !ok {
			return 0, errHeavy
		}
		w.release = release
		if within := time.Now().Add(heavyWithin); within.Before(w.until) {
			_ = w.hurry(within) // else the server's deadline holds
		}
	}
	n, err := w.ReadCloser.Read(b)
	w.came += int64(n)
	return n, err
}

// turn waits until a long body may be looked at.
func (w *weighed) turn(ctx context.Context) error {
	if w.release == nil {
		return nil
	}
	select {
	case w.scales.looked <- struct{}{}:
		w.looking = true
		return nil
	case <-ctx.Done():
		return errHeavy
	}
}

// done is to be called when the request was dealt with.
func (w *weighed) done() {
	if w.looking {
		<-w.scales.looked
	}
	if w.release != nil {
		w.release()
	}
}
