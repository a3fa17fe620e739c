// Package calendars reads the calendars of holidays that teams and companies
// subscribe to, twice a day each.
//
// The hard decision: an address that somebody else keeps never opens or closes
// anything by failing. What is no whole calendar (an error page, half a file,
// a year without a day off) is a failure, and the days stay as they were when it
// could be read last; the page says since when. The address is called through
// the guard that hooks have too, and is let lead on to another one a few times.
package calendars

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/httpcall"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
	"ringback/settings/fault"
)

// Config is what a reader stands on.
type Config struct {
	DB     *sqlx.DB
	Clock  *clock.Clock // says which days lie ahead; when to read is the database's affair
	Client *http.Client // nil: one that reaches the internet alone
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears when its work comes round; may be nil
}

// Reader reads the calendars that are due.
type Reader struct {
	Config
	due *queue.Queue[settings.Feed]
}

const (
	slots = 4
	poll  = 2 * time.Second // whoever subscribes looks for the days at once
	lease = httpcall.Patience + 20*time.Second
	most  = 1 << 20 // bytes of a calendar; those of a country's holidays have some ten thousand
	hops  = 5
)

// New returns a reader that stands still until Start.
func New(c Config) *Reader {
	if c.Client == nil {
		c.Client = httpcall.OutsideClient(nil, false)
	}
	client := *c.Client
	client.CheckRedirect = follow
	c.Client = &client
	r := &Reader{Config: c}
	r.due = queue.New(queue.Config[settings.Feed]{
		Name: "reading calendars", Log: c.Log, Rounds: c.Rounds, Slots: slots, Poll: poll, Lease: lease,
		Claim: func(ctx context.Context, room queue.Room) ([]settings.Feed, error) {
			return settings.ClaimFeeds(ctx, r.DB, room.Free, lease)
		},
		Renew: func(ctx context.Context, f settings.Feed) (bool, error) { return f.Renew(ctx, r.DB, lease) },
		Work:  func(ctx context.Context, f settings.Feed, _ *queue.Lease) error { return r.read(ctx, f) },
		Panicked: func(ctx context.Context, f settings.Feed, _ error) error {
			return f.Fail(ctx, r.DB, "calendar_unread", 0, r.Clock.Now())
		},
	})
	return r
}

// follow lets an address lead on where it could itself have led.
func follow(to *http.Request, before []*http.Request) error {
	if len(before) > hops || httpcall.CheckURL(to.URL.String(), false) != "" {
		return http.ErrUseLastResponse
	}
	return nil
}

// Start sets the reader to work until Stop.
func (r *Reader) Start() { r.due.Start() }

// Stop ends the work. What it cuts off is read again, here or elsewhere.
func (r *Reader) Stop() { r.due.Stop() }

// Work reads what is due, one after the other.
func (r *Reader) Work(ctx context.Context) error { return r.due.Drain(ctx) }

// read reads one calendar and stores what it says, or why it cannot be read.
func (r *Reader) read(ctx context.Context, f settings.Feed) error {
	body, status, err := r.fetch(ctx, f.URL)
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // its lease runs out, and it is read again
	case err != nil:
		return f.Fail(ctx, r.DB, reason(err), 0, r.Clock.Now())
	case status != http.StatusOK:
		return f.Fail(ctx, r.DB, "hook_answered", status, r.Clock.Now())
	case len(body) > most:
		return f.Fail(ctx, r.DB, "calendar_large", 0, r.Clock.Now())
	}
	days, err := settings.ReadHolidays(body, f.Title, r.Clock.Now())
	var wrong fault.Fault
	if errors.As(err, &wrong) {
		return f.Fail(ctx, r.DB, wrong.Code, 0, r.Clock.Now())
	}
	if err != nil {
		return err
	}
	err = f.Keep(ctx, r.DB, days, r.Clock.Now())
	if errors.Is(err, settings.ErrNotFound) {
		return nil // it was deleted, or names another address by now
	}
	return err
}

func (r *Reader) fetch(ctx context.Context, address string) (string, int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", 0, err
	}
	request.Header.Set("Accept", "text/calendar")
	request.Header.Set("User-Agent", "Ringback-Calendars/1")
	answer, err := r.Client.Do(request)
	if err != nil {
		return "", 0, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	return string(body), answer.StatusCode, errors.Join(err, answer.Body.Close())
}

// reason is the code of why an address could not be called. As with hooks it
// does not tell what stands in our network.
func reason(err error) string {
	var failed *url.Error
	var private httpcall.PrivateError
	switch {
	case errors.As(err, &private):
		return "hook_inside"
	case errors.As(err, &failed) && failed.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "hook_late"
	}
	return "hook_unreached"
}
