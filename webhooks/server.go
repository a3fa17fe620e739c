// Package webhooks is every door to the outside: what providers call. A door
// verifies, has the event written down, and answers; it decides nothing.
//
// The hard decision: the URL that a signature covers is built from the
// configured public address and the untouched request URI, never from what the
// request says about its own host.
package webhooks

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/health"
	"ringback/gateway/media"
	"ringback/gateway/metrics"
	"ringback/gateway/traces"
)

// Config is what the doors need.
type Config struct {
	Channels  []channels.Channel
	PublicURL func() string
	// Aliases are other addresses that a signature may cover: on a developer's
	// machine, localhost by its other names. None when PUBLIC_URL is set.
	Aliases []string
	Clock   *clock.Clock
	Log     *slog.Logger
	// Patience is how long a request may take, its body included; 0: 14 seconds.
	Patience time.Duration
	// Secrets returns the live secrets with which the account of a provider that
	// carries such senders signs, none when the account is not known here. The
	// empty account is the environment's.
	Secrets secrets
	// CallSecrets is the same for calls, which are answered while the database
	// is away as well; nil: Secrets.
	CallSecrets secrets
	// Numbers are the provider's accounts of our senders in its business accounts, by
	// business; nil: nobody knows of any.
	Numbers func(ctx context.Context, businesses []string) (map[string][]string, error)
	// Receive makes events durable.
	Receive func(ctx context.Context, events []channels.Event) error
	// Observed counts events that were not signed as they should be, and reports
	// whether to take them all the same, because their senders are only being
	// observed; nil: none are.
	Observed func(ctx context.Context, events []channels.Event) bool
	// Call says what a caller hears next; nil: nothing, and the call ends.
	Call func(ctx context.Context, asked channels.CallRequest) channels.Script
	// Follow opens the file that a public link leads to; nil: there are none.
	Follow func(ctx context.Context, token string) (media.Linked, error)
	// Payments is nil when no payments are taken.
	Payments *Payments
	// Metrics counts what providers asked; nil: nobody does.
	Metrics *metrics.Metrics
	// Traces is told of events as they are taken; nil: nobody is.
	Traces *traces.Traces
	// Ready fails when providers cannot bring what they have. The notes are what there
	// is to know; strangers get their codes, and the operator and the log all of it.
	Ready func(ctx context.Context) (notes []health.Note, err error)
	// Operates reports whether who asks runs this Ringback; nil: nobody does.
	Operates func(r *http.Request) bool
}

// Mount opens the doors on a router.
func Mount(router gin.IRouter, c Config) {
	if c.CallSecrets == nil {
		c.CallSecrets = c.Secrets
	}
	long := newScales()
	for _, channel := range c.Channels {
		kind := channel.Kinds()[0]
		for _, hook := range channel.Hooks() {
			router.Handle(hook.Method, hook.Path, c.counted(kind), c.door(kind, hook, long))
		}
		if greeter, ok := channel.(channels.Greeter); ok {
			for _, greeting := range greeter.Greetings() {
				router.GET(greeting.Path, c.greet(greeting))
			}
		}
		if caller, ok := channel.(channels.Caller); ok {
			for _, hook := range caller.Calls() {
				router.Handle(hook.Method, hook.Path, c.counted(kind), c.ask(kind, hook, long))
			}
		}
	}
	if c.Follow != nil {
		router.GET(media.LinkPath+":token", c.file)
		router.HEAD(media.LinkPath+":token", c.file)
	}
	if c.Payments != nil {
		router.POST("/webhooks/stripe", c.counted(""), c.paid(long))
	}
	router.GET("/livez", livez)
	router.GET("/readyz", c.readyz)
}

func livez(g *gin.Context) { g.String(http.StatusOK, "ok\n") }

// Starting answers what nobody is there for yet.
func Starting(g *gin.Context) {
	g.Header("Retry-After", "5")
	g.String(http.StatusServiceUnavailable, "starting; please try again soon\n")
}

func (c Config) readyz(g *gin.Context) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), 2*time.Second)
	defer cancel()
	notes, err := c.Ready(ctx)
	if err != nil {
		c.Log.Warn("not ready", "error", err)
	}
	answerReady(g, notes, err, c.Operates != nil && c.Operates(g.Request))
}

// answerReady is one line that says it, and one for each note. Words are the operator's.
func answerReady(g *gin.Context, notes []health.Note, err error, operates bool) {
	status, said := http.StatusOK, "ready\n"
	if err != nil {
		status, said = http.StatusServiceUnavailable, "not ready\n"
	}
	for _, note := range notes {
		line := note.Public()
		if operates {
			line = note.Full()
		}
		said += line + "\n"
	}
	if operates && err != nil {
		said += err.Error() + "\n"
	}
	g.String(status, "%s", said)
}
