package chat

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"ringback/gateway/live"
	"ringback/gateway/visitors"
	"ringback/settings"
)

// after is a place in the messages; what is none is their beginning.
func after(text string) int64 {
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 0 {
		return 0
	}
	return seq
}

// typingLasts is how long an advisor who wrote a letter is taken to be writing.
const typingLasts = 6 * time.Second

// look bounds one look for what is new.
const look = 15 * time.Second

// How many streams one visitor may have open at once, and one network: an office
// behind one address has many visitors.
const (
	perVisitor = 10
	perNetwork = 500
)

// listener is a visitor at the other end of a stream, whose request is over: what allowed
// it is kept, to be asked about again.
type listener struct {
	visit

	key, origin, token string
}

// errOver is a stream that may not go on.
var errOver = errors.New("what allowed the stream has ended")

// goesOn fails with errOver when the stream may not: since it was opened its site may have
// been taken off the list, its chat away, or the browser's token may have ended.
func (l *listener) goesOn(ctx context.Context) error {
	err := l.enter(ctx, l.key)
	if err == nil {
		err = l.standsOn(l.origin)
	}
	if err == nil {
		_, err = l.find(ctx, l.token)
	}
	if errors.As(err, new(refused)) || errors.Is(err, settings.ErrNotFound) {
		return errOver
	}
	return err
}

// stream tells what is new as it comes: first what was missed since the place
// that the browser names, then each message once, in order.
func (v *visit) stream() error {
	if err := v.allow("stream/"+v.address(), listening); err != nil {
		return err
	}
	release, ok := v.streams.Hold(map[string]int{"visitor/" + v.visitor.ID: perVisitor, "network/" + v.address(): perNetwork})
	if !ok {
		return refused{status: http.StatusTooManyRequests, after: time.Minute, words: "This chat is open in too many places at once. Close some of them."}
	}
	place := after(v.g.Query("after"))
	if id := v.g.GetHeader("Last-Event-ID"); id != "" {
		place = after(id)
	}
	here := &listener{visit{doors: v.doors, sender: v.sender, visitor: v.visitor}, v.g.Param("key"), v.g.GetHeader("Origin"), token(v.g)}
	woken, end := v.Hub.Listen(v.visitor.ID)
	over := func() { end(); release() }
	err := v.Hub.Open(v.g.Writer, func(out *live.Stream) {
		defer over()
		here.tell(out, woken, place)
	})
	if err != nil {
		over()
	}
	return err
}

// tell tells the visitor what comes after the place, at once and whenever they are woken.
func (l *listener) tell(out *live.Stream, woken <-chan struct{}, place int64) {
	beat := time.NewTicker(live.Heartbeat)
	defer beat.Stop()
	// Spread over time, so that ten thousand streams do not look at once.
	slow := time.NewTicker(l.slow/2 + rand.N(l.slow)) // #nosec G404 -- no secret
	defer slow.Stop()
	for first := true; ; first = false {
		var err error
		place, err = live.Apart(func() (int64, error) { return l.tellNew(out, place, first) })
		if err != nil && !errors.Is(err, live.ErrGone) && !errors.Is(err, errOver) {
			l.Log.Warn("a chat stream ends early", "error", err)
		}
		if err != nil {
			return // the browser comes back to where it was, or is told why not
		}
		for waiting := true; waiting; {
			select {
			case <-out.Gone():
				return
			case <-l.Hub.Done():
				return
			case <-woken:
				waiting = false
			case <-slow.C:
				waiting = false
			case <-beat.C:
				if out.Beat() != nil {
					return
				}
			}
		}
	}
}

// tellNew tells what came after the place, and whether an advisor is writing, and returns
// the place up to which all is told. The first time the door has just let them in.
func (l *listener) tellNew(out *live.Stream, place int64, first bool) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	if !first {
		if err := l.goesOn(ctx); err != nil {
			return place, err
		}
	}
	for {
		items, err := l.onward(ctx, place)
		if err != nil {
			return place, err
		}
		for _, one := range items {
			data, err := json.Marshal(one)
			if err != nil {
				return place, err
			}
			if err := out.Send("message", strconv.FormatInt(one.Seq, 10), string(data)); err != nil {
				return place, err
			}
			place = one.Seq
		}
		if len(items) < visitors.PageSize {
			break
		}
	}
	writing, err := visitors.Answering(ctx, l.DB, l.sender, l.visitor.ID, l.Clock.Now().Add(-typingLasts))
	if err == nil && writing {
		err = out.Send("typing", "", "{}")
	}
	return place, err
}
