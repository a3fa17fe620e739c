package chat

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"ringback/gateway/live"
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

const answering = `select advisor_at > $3 from visitors where company_id = $1 and id = $2`

// answering reports whether an advisor is writing to the visitor.
func (v *visit) answering(ctx context.Context, since time.Time) (bool, error) {
	var yes sql.NullBool
	err := v.DB.GetContext(ctx, &yes, answering, v.sender.CompanyID, v.visitor.ID, since)
	return yes.Bool, err
}

// look bounds one look for what is new.
const look = 15 * time.Second

// How many streams one visitor may have open at once, and one network: an office
// behind one address has many visitors.
const (
	perVisitor = 10
	perNetwork = 500
)

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
	here := &visit{doors: v.doors, sender: v.sender, visitor: v.visitor} // the request is over before the stream is
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
func (v *visit) tell(out *live.Stream, woken <-chan struct{}, place int64) {
	beat := time.NewTicker(live.Heartbeat)
	defer beat.Stop()
	// Spread over time, so that ten thousand streams do not look at once.
	slow := time.NewTicker(v.slow/2 + rand.N(v.slow)) // #nosec G404 -- no secret
	defer slow.Stop()
	for {
		var err error
		place, err = live.Apart(func() (int64, error) { return v.tellNew(out, place) })
		if err != nil && !errors.Is(err, live.ErrGone) {
			v.Log.Warn("a chat stream ends early", "error", err)
		}
		if err != nil {
			return // the browser comes back to where it was
		}
		for waiting := true; waiting; {
			select {
			case <-out.Gone():
				return
			case <-v.Hub.Done():
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
// the place up to which all is told.
func (v *visit) tellNew(out *live.Stream, place int64) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), look)
	defer cancel()
	for {
		items, err := v.onward(ctx, place)
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
		if len(items) < pageSize {
			break
		}
	}
	writing, err := v.answering(ctx, v.Clock.Now().Add(-typingLasts))
	if err == nil && writing {
		err = out.Send("typing", "", "{}")
	}
	return place, err
}
