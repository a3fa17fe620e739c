package chat

import (
	"context"
	"database/sql"
	"encoding/json"
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

// How many streams one visitor may have open at once, and one network: an office
// behind one address has many visitors.
const (
	perVisitor = 10
	perNetwork = 500
)

// goesOn reports whether the stream may: since it was opened its site may have been
// taken off the list, its chat away, or the browser's token may have ended.
func (v *visit) goesOn(ctx context.Context) bool {
	if v.authorize(ctx) != nil {
		return false
	}
	_, err := v.find(ctx, token(v.g))
	return err == nil
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
	defer release()
	woken, end := v.Hub.Listen(v.visitor.ID)
	defer end()
	place := after(v.g.Query("after"))
	if id := v.g.GetHeader("Last-Event-ID"); id != "" {
		place = after(id)
	}
	out, err := live.Open(v.g.Writer)
	if err != nil {
		return nil // nobody is there any more
	}
	ctx := v.g.Request.Context()
	beat := time.NewTicker(live.Heartbeat)
	defer beat.Stop()
	// Spread over time, so that ten thousand streams do not look at once.
	slow := time.NewTicker(v.slow/2 + rand.N(v.slow)) // #nosec G404 -- no secret
	defer slow.Stop()
	for first := true; ; first = false {
		if !first && !v.goesOn(ctx) {
			return nil // the browser comes back, and is told why not
		}
		items, err := v.onward(ctx, place)
		if err != nil {
			v.Log.Warn("a chat stream ends early", "error", err)
			return nil // the browser comes back to where it was
		}
		for _, one := range items {
			data, err := json.Marshal(one)
			if err != nil {
				return nil
			}
			if out.Send("message", strconv.FormatInt(one.Seq, 10), string(data)) != nil {
				return nil
			}
			place = one.Seq
		}
		if len(items) == pageSize {
			continue
		}
		if writing, err := v.answering(ctx, v.Clock.Now().Add(-typingLasts)); err != nil || writing && out.Send("typing", "", "{}") != nil {
			return nil
		}
		for waiting := true; waiting; {
			select {
			case <-ctx.Done():
				return nil
			case <-v.Hub.Done():
				return nil
			case <-woken:
				waiting = false
			case <-slow.C:
				waiting = false
			case <-beat.C:
				if out.Beat() != nil {
					return nil
				}
			}
		}
	}
}
