package webhooks

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
)

// patience is how long a provider waits for our answer, with a second to
// spare: Twilio gives up after 15.
const patience = 14 * time.Second

// errSlow is a request whose body did not come in time.
var errSlow = errors.New("the body took too long to come")

// door is the road of every provider's request: body, account, signature,
// events, and only when they are durable the answer.
func (c Config) door(hook channels.Hook) gin.HandlerFunc {
	return func(g *gin.Context) {
		until := time.Now().Add(cmp.Or(c.Patience, patience))
		ctx, cancel := context.WithDeadline(g.Request.Context(), until)
		defer cancel()
		request, err := c.read(g, hook, until)
		if err == nil {
			err = c.verify(ctx, hook, request, c.Secrets)
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

// read takes the body in. Whatever goes wrong with that is the caller's
// doing, never a reason to ask for the same again.
func (c Config) read(g *gin.Context, hook channels.Hook, until time.Time) (channels.Request, error) {
	// The error is that the writer knows no deadlines; then the server's hold.
	_ = http.NewResponseController(g.Writer).SetReadDeadline(until)
	body, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, hook.MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return channels.Request{}, err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return channels.Request{}, errSlow
	case err != nil:
		return channels.Request{}, &channels.Malformed{Detail: "the body ended early or could not be read"}
	}
	return channels.Request{
		Method: g.Request.Method, URL: c.PublicURL() + target(g.Request.RequestURI),
		Header: g.Request.Header, Body: body, Received: c.Clock.Now(),
	}, nil
}

// target is a request URI without the scheme and host that a client may put
// in front of it as if we were a proxy. They are its word, not ours.
func target(uri string) string {
	if strings.HasPrefix(uri, "/") {
		return uri
	}
	_, rest, _ := strings.Cut(uri, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		return rest[i:]
	}
	return "/"
}

// secrets are what requests of an account can be signed with.
type secrets = func(ctx context.Context, account string) ([]string, error)

// verify chooses the secrets by the account that the request claims to be
// from. An account nobody knows has none, and no signature verifies. A request
// that names no account gets to know so when the environment's account, which
// the empty name stands for, has signed it.
func (c Config) verify(ctx context.Context, hook channels.Hook, request channels.Request, live secrets) error {
	account, unnamed := hook.Account(request)
	known, err := live(ctx, account)
	if err != nil {
		return err
	}
	if err := c.signed(hook, request, known); err != nil && !c.observed(ctx, hook, request, err) {
		return err
	}
	return unnamed
}

// observed reports whether a request that is not signed as it should be is for
// senders that are only being observed.
func (c Config) observed(ctx context.Context, hook channels.Hook, request channels.Request, err error) bool {
	if c.Observed == nil || !errors.Is(err, channels.ErrSignature) {
		return false
	}
	events, err := hook.Parse(request)
	if err != nil || !c.Observed(ctx, events) {
		return false
	}
	c.Log.Warn("a webhook is not signed as it should be, and is taken because its sender is being observed", "path", hook.Path)
	return true
}

// signed verifies the request under each address that is ours.
func (c Config) signed(hook channels.Hook, request channels.Request, secrets []string) error {
	err := hook.Verify(request, secrets)
	for _, alias := range c.Aliases {
		if !errors.Is(err, channels.ErrSignature) {
			return err
		}
		under := request
		under.URL = alias + strings.TrimPrefix(request.URL, c.PublicURL())
		err = hook.Verify(under, secrets)
	}
	return err
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
	case errors.Is(err, errSlow):
		status, words = http.StatusRequestTimeout, errSlow.Error()
	}
	level := c.Log.Warn
	if status >= http.StatusInternalServerError {
		level = c.Log.Error
	}
	level("a webhook was refused", "path", g.Request.URL.Path, "status", status, "error", err)
	g.String(status, "%s\n", words)
}
