package webhooks

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
)

// patience is how long a provider waits for our answer, with a second to
// spare: Twilio gives up after 15.
const patience = 14 * time.Second

// door is the road of every provider's request: body, account, signature,
// events, and only when they are durable the answer.
func (c Config) door(hook channels.Hook) gin.HandlerFunc {
	return func(g *gin.Context) {
		ctx, cancel := context.WithTimeout(g.Request.Context(), patience)
		defer cancel()
		request, err := c.read(g, hook)
		if err == nil {
			err = c.verify(ctx, hook, request)
		}
		if err == nil {
			err = c.receive(ctx, hook, request)
		}
		if err != nil {
			c.refuse(g, err)
			return
		}
		g.Data(http.StatusOK, hook.Answer.ContentType, []byte(hook.Answer.Body))
	}
}

func (c Config) read(g *gin.Context, hook channels.Hook) (channels.Request, error) {
	body, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, hook.MaxBody))
	if err != nil {
		return channels.Request{}, err
	}
	return channels.Request{
		Method: g.Request.Method, URL: c.PublicURL() + g.Request.RequestURI,
		Header: g.Request.Header, Body: body, Received: c.Clock.Now(),
	}, nil
}

// verify chooses the secrets by the account that the request claims to be
// from. An account nobody knows has none, and no signature verifies.
func (c Config) verify(ctx context.Context, hook channels.Hook, request channels.Request) error {
	account, err := hook.Account(request)
	if err != nil {
		return err
	}
	secrets, err := c.Secrets(ctx, account)
	if err != nil {
		return err
	}
	return hook.Verify(request, secrets)
}

func (c Config) receive(ctx context.Context, hook channels.Hook, request channels.Request) error {
	events, err := hook.Parse(request)
	if err != nil || len(events) == 0 {
		return err
	}
	return c.Receive(ctx, events)
}

// refuse answers an error in the provider's terms: what is the provider's
// fault gets a 4xx that says why, and what is ours a 503, so that it is tried
// again.
func (c Config) refuse(g *gin.Context, err error) {
	var malformed *channels.Malformed
	var tooLarge *http.MaxBytesError
	status, words := http.StatusServiceUnavailable, "the event could not be recorded; please try again"
	switch {
	case errors.Is(err, channels.ErrSignature):
		status, words = http.StatusForbidden, channels.ErrSignature.Error()
	case errors.As(err, &malformed):
		status, words = http.StatusBadRequest, malformed.Error()
	case errors.As(err, &tooLarge):
		status, words = http.StatusRequestEntityTooLarge, tooLarge.Error()
	case errors.Is(err, io.ErrUnexpectedEOF):
		status, words = http.StatusBadRequest, "the body ended early"
	}
	level := c.Log.Warn
	if status >= http.StatusInternalServerError {
		level = c.Log.Error
	}
	level("a webhook was refused", "path", g.Request.URL.Path, "status", status, "error", err)
	g.String(status, "%s\n", words)
}
