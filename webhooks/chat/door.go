package chat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/settings"
	"ringback/webhooks/web/i18n"
	"ringback/webhooks/web/limit"
)

// refused is an answer that a person can read; the widget shows it.
type refused struct {
	status int
	words  string
	field  string
	code   string        // what is wrong with the field, in a word that stays
	after  time.Duration // when it may be tried again
}

func (r refused) Error() string { return r.words }

func wrong(field, code, words string) error {
	return refused{status: http.StatusUnprocessableEntity, words: words, field: field, code: code}
}

// door finds whose site it is, lets its pages alone in, and answers errors.
func (d *doors) door(do func(*visit) error) gin.HandlerFunc {
	return func(g *gin.Context) {
		v := &visit{doors: d, g: g}
		g.Header("Cache-Control", "no-store")
		g.Header("Vary", "Origin")
		err := v.throttle()
		if err == nil {
			err = v.authorize(g.Request.Context())
		}
		if err == nil && g.Request.Method == http.MethodOptions {
			g.Status(http.StatusNoContent)
			return
		}
		if err == nil {
			err = do(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

// throttle refuses a network that asks too often, before the database is asked
// anything. Whose site it is, is not known then, so that any may read the words.
func (v *visit) throttle() error {
	err := v.allow("knock/"+v.address(), knocking)
	if err != nil {
		v.g.Header("Access-Control-Allow-Origin", "*")
		v.g.Header("Access-Control-Expose-Headers", "Retry-After")
	}
	return err
}

// authorize finds the chat and lets in who asks from a page that it stands on.
func (v *visit) authorize(ctx context.Context) error {
	if err := v.enter(ctx, v.g.Param("key")); err != nil {
		return err
	}
	origin := v.g.GetHeader("Origin")
	if err := v.standsOn(origin); err != nil || origin == "" {
		return err
	}
	v.g.Header("Access-Control-Allow-Origin", origin)
	v.g.Header("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID")
	v.g.Header("Access-Control-Allow-Methods", "GET, POST")
	v.g.Header("Access-Control-Expose-Headers", "Retry-After")
	v.g.Header("Access-Control-Max-Age", "600")
	v.g.Header("Cross-Origin-Resource-Policy", "cross-origin")
	return nil
}

// enter finds the chat of a key as it is now.
func (v *visit) enter(ctx context.Context, key string) (err error) {
	v.sender, v.team, err = settings.FindChat(ctx, v.DB, v.teams, key)
	return err
}

// standsOn refuses a page that the chat does not stand on; whoever names none is no page.
func (v *visit) standsOn(origin string) error {
	if origin == "" || origin == origin0(v.PublicURL()) || slices.Contains(v.sender.Settings.Origins, origin) {
		return nil
	}
	return refused{status: http.StatusForbidden, words: "This chat does not stand on " + origin + ". Its owner can add that site to the sender's origins."}
}

// origin0 is a URL's origin.
func origin0(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func (v *visit) fail(err error) {
	var r refused
	if !errors.As(err, &r) {
		var faults settings.Invalid
		switch {
		case errors.Is(err, settings.ErrNotFound):
			r = refused{status: http.StatusNotFound, words: "There is no such chat."}
		case errors.As(err, &faults):
			r = refused{status: http.StatusUnprocessableEntity, words: i18n.Refusal("", faults), field: faults[0].Field, code: faults[0].Code}
		case events.AskerLeft(v.g.Request.Context(), err):
			return // nobody is there any more
		default:
			v.Log.Error("a chat request failed", "path", v.g.Request.URL.Path, "error", err)
			r = refused{status: http.StatusServiceUnavailable, words: "Something went wrong here. Try again in a moment.", after: 5 * time.Second}
		}
	}
	if r.after > 0 {
		v.g.Header("Retry-After", limit.Seconds(r.after))
	}
	problem := gin.H{"type": "about:blank", "title": http.StatusText(r.status), "status": r.status, "detail": r.words}
	if r.field != "" {
		problem["errors"] = []gin.H{{"field": r.field, "code": r.code, "detail": r.words}}
	}
	v.g.Header("Content-Type", "application/problem+json")
	v.g.JSON(r.status, problem)
}

// body reads a JSON body of the size that is allowed, of known fields alone.
func (v *visit) body(into any) error {
	reader := http.MaxBytesReader(v.g.Writer, v.g.Request.Body, bodyLimit)
	decoder := json.NewDecoder(reader)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refused{status: http.StatusRequestEntityTooLarge, words: "That is too long: at most 4,000 characters go in one message."}
	case err != nil:
		return refused{status: http.StatusBadRequest, words: "The body has to be JSON with the fields of this request: " + err.Error()}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return refused{status: http.StatusBadRequest, words: "The body has to be one JSON object."}
	}
	return nil
}

// address is who calls, as far as the connection says, or a proxy that is trusted.
func (v *visit) address() string { return limit.Network(v.g.ClientIP()) }

// receive makes an event of what the visitor did durable.
func (v *visit) receive(e channels.Event) error {
	e.Account, e.Sender, e.SenderID, e.SenderAddress, e.CustomerAddress = v.Account, channels.WebChat, v.sender.ID, v.sender.Address, v.visitor.ID
	return v.Receive(v.g.Request.Context(), []channels.Event{e})
}

func token(g *gin.Context) string {
	scheme, token, _ := strings.Cut(g.GetHeader("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
