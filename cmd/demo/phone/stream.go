package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels/simulator/twilio"
	"ringback/gateway"
)

// breath is how often a quiet stream sends the state all the same: to notice
// that nobody listens any more, and for what is told by nobody.
const breath = 15 * time.Second

// state is one message of the stream.
type state struct {
	Now   int64             `json:"now"`  // the demo's time, in milliseconds since 1970
	Zone  string            `json:"zone"` // the team's
	Parts map[string]string `json:"parts"`
}

// stream sends the state of the conversation in the address, now and at every
// change, as server-sent events.
func (p *Phone) stream(g *gin.Context) {
	ctx := g.Request.Context()
	c, err := p.chosen(ctx, g.Request.URL.Query())
	if err != nil {
		p.problem(g, p.asFault(g, err))
		return
	}
	changes, end := p.Watch()
	defer end()
	provider, leave := p.Simulator.Subscribe()
	defer leave()
	g.Header("Content-Type", "text/event-stream")
	g.Header("X-Accel-Buffering", "no") // nginx would hold it back
	for more := true; more; {
		turned, written := p.turned.heard(), p.Meta.Changed()
		empty(changes)
		empty(provider)
		if err := p.send(ctx, g, c); err != nil {
			if ctx.Err() == nil {
				p.Log.Error("the phone page's stream failed", "error", err)
			}
			return
		}
		more = wait(ctx, changes, provider, turned, written)
	}
}

// wait returns at the next change; false: there are no more.
func wait(ctx context.Context, changes <-chan gateway.Change, provider <-chan twilio.Change, turned, written <-chan struct{}) bool {
	timer := time.NewTimer(breath)
	defer timer.Stop()
	open := true
	select {
	case <-ctx.Done():
		open = false
	case _, open = <-changes:
	case _, open = <-provider:
	case <-turned:
	case <-written:
	case <-timer.C:
	}
	return open
}

// empty takes what is waiting: one look at the state covers all of it. A
// channel that is closed is left for wait to find.
func empty[T any](changes <-chan T) {
	for range len(changes) {
		<-changes
	}
}

func (p *Phone) send(ctx context.Context, g *gin.Context, c conversation) error {
	v, err := p.view(ctx, c)
	if err != nil {
		return err
	}
	now := state{Now: v.Now.UnixMilli(), Zone: c.zone.String(), Parts: map[string]string{}}
	for _, part := range append([]string{c.App.Part}, parts...) {
		if now.Parts[part], err = render(part, v); err != nil {
			return err
		}
	}
	body, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("phone: state: %w", err)
	}
	out := http.NewResponseController(g.Writer)
	_ = out.SetWriteDeadline(time.Now().Add(time.Minute)) // the server's bound is for answers that end
	if _, err := fmt.Fprintf(g.Writer, "retry: 1000\nevent: state\ndata: %s\n\n", body); err != nil {
		return fmt.Errorf("phone: stream: %w", err)
	}
	return out.Flush()
}
