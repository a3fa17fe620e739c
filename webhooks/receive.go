package webhooks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
	"ringback/gateway/spool"
	"ringback/settings"
)

// patience is how long a provider waits for our answer, with a second to
// spare: Twilio gives up after 15.
const patience = 14 * time.Second

// errSlow is a request whose body did not come in time.
var errSlow = errors.New("the body took too long to come")

// door is the road of every provider's request: body, account, signature,
// events, and only when they are durable the answer.
func (c Config) door(kind channels.Kind, hook channels.Hook, long scales) gin.HandlerFunc {
	return func(g *gin.Context) {
		began := time.Now()
		until := began.Add(cmp.Or(c.Patience, patience))
		ctx, cancel := context.WithDeadline(g.Request.Context(), until)
		defer cancel()
		request, done, err := c.read(ctx, g, hook.MaxBody, until, long)
		defer done()
		var signed signers
		if err == nil {
			signed, err = c.verify(ctx, kind, hook, request, c.Secrets)
		}
		if err == nil {
			err = c.receive(ctx, hook, request, signed, began)
		}
		if err != nil {
			c.refuse(g, err)
			return
		}
		g.Data(http.StatusOK, hook.Answer.ContentType, []byte(hook.Answer.Body))
	}
}

// read takes the body in, and waits until it may be looked at where it is a long one:
// done is to be called when the request was dealt with. Whatever goes wrong with a body is
// the caller's doing, never a reason to ask for the same again; that there are too many
// long ones is.
func (c Config) read(ctx context.Context, g *gin.Context, limit int64, until time.Time, long scales) (r channels.Request, done func(), err error) {
	body := long.weigh(g, until)
	if r, err = c.readAll(g, limit, until); err == nil {
		err = body.turn(ctx)
	}
	return r, body.done, err
}

func (c Config) readAll(g *gin.Context, limit int64, until time.Time) (channels.Request, error) {
	// The error is that the writer knows no deadlines; then the server's hold.
	_ = http.NewResponseController(g.Writer).SetReadDeadline(until)
	body, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, errHeavy):
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

func (c Config) receive(ctx context.Context, hook channels.Hook, request channels.Request, signed signers, began time.Time) error {
	events, err := hook.Parse(request)
	if err != nil {
		return err
	}
	events = slices.DeleteFunc(signed.numbers.spread(events), func(e channels.Event) bool {
		if !signed.has(e.Account) {
			c.Log.Warn("a part of a webhook is of an account that did not sign it, and is not believed", "path", hook.Path, "account", e.Account)
			return true
		}
		return false
	})
	if len(events) == 0 {
		return nil
	}
	err = c.Receive(ctx, events)
	for _, e := range events {
		if err == nil && e.IsNew() {
			c.Metrics.Unknown(settings.ProviderOf(e.Sender), string(e.Kind))
		}
	}
	c.trace(events, began, err)
	return err
}

// whyUnkept is why nothing can be kept, without what the system says of it; empty: it is
// something else.
func whyUnkept(err error) string {
	for _, why := range []error{spool.ErrDiskFull, spool.ErrFull, spool.ErrAway} {
		if errors.Is(err, why) {
			return why.Error()
		}
	}
	return ""
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
		status, words = http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is too large: at most %d KiB is taken", tooLarge.Limit>>10)
	case whyUnkept(err) != "":
		words = "the event could not be recorded, because " + whyUnkept(err) + "; please try again"
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
