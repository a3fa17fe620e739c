package webhooks

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
)

// ask is the road of a request that asks what a caller hears next. It is the
// road of every other request but for its end: the answer does not wait for
// the event to be durable, because somebody is holding a phone to their ear.
func (c Config) ask(kind channels.Kind, hook channels.CallHook, long scales) gin.HandlerFunc {
	return func(g *gin.Context) {
		began := time.Now()
		until := began.Add(cmp.Or(c.Patience, patience))
		ctx, cancel := context.WithDeadline(g.Request.Context(), until)
		defer cancel()
		request, done, err := c.read(ctx, g, hook.MaxBody, until, long)
		defer done()
		if err == nil {
			_, err = c.verify(ctx, kind, hook.Hook, request, c.CallSecrets)
		}
		var asked channels.CallRequest
		if err == nil {
			asked, err = hook.Ask(request)
		}
		if err != nil {
			c.refuse(g, err)
			return
		}
		answer := hook.Answer
		if script := c.Call(ctx, asked); len(script) > 0 {
			answer = hook.Render(script, c.PublicURL())
		}
		g.Data(http.StatusOK, answer.ContentType, []byte(answer.Body))
		c.trace([]channels.Event{asked.Event}, began, nil)
	}
}
