package notifications

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/mail"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/periodic"
	"ringback/settings"
)

// Config is what a bell works with.
type Config struct {
	DB        *sqlx.DB
	Clock     *clock.Clock
	Settings  *settings.Cache
	Key       *settings.SecretKey // seals the key that pushes are signed with; nil: there are none
	Mail      *mail.Server        // nil: no e-mail
	Text      Texter              // nil: no texts
	PublicURL func() string       // of the console
	Log       *slog.Logger
	TLS       *tls.Config // to push services; nil: the usual one
	Loopback  bool        // push services may be on this machine and its network; for tests
}

// Texter puts a text to one of the staff into the outbox of the team.
type Texter func(ctx context.Context, tx *sqlx.Tx, t TextTo) error

// TextTo is a text to one of the staff.
type TextTo struct {
	CompanyID, TeamID, StaffID string
	To, Text                   string
}

// Notifier tells the staff.
type Notifier struct {
	Config
	client *http.Client
	chores periodic.Runner
	signer signer
}

// New returns a bell that stands still until Start.
func New(c Config) *Notifier {
	if c.Clock == nil {
		c.Clock = &clock.Clock{}
	}
	return &Notifier{Config: c, client: outboundhooks.NewClient(c.TLS, c.Loopback)}
}

const (
	poll    = time.Second
	mailing = 2 // letters at once: mail servers mind more
	pushing = 4
)

// Start sets the bell to work until Stop. Each way has workers of its own, so
// that a mail server that hangs holds up no push.
func (b *Notifier) Start() {
	b.chores.Start(b.Log, "finding out whom notices concern", poll, b.repeat(b.spread))
	b.chores.Start(b.Log, "looking for tickets that nobody touches", 5*poll, b.repeat(b.escalate))
	for way, workers := range map[string]int{Email: mailing, Push: pushing, Text: 1} {
		for range workers {
			b.chores.Start(b.Log, "telling staff by "+way, poll, b.repeat(b.by(way)))
			if !b.Offers(way) {
				break // one lets what waits from before come to an end
			}
		}
	}
	b.chores.Start(b.Log, "sweeping notices", sweeping, func(ctx context.Context) error { return b.Sweep(ctx, time.Now()) })
}

// Stop ends the work. What it cuts off is sent again, here or elsewhere.
func (b *Notifier) Stop() {
	b.chores.Stop()
	b.client.CloseIdleConnections()
}

// repeat does one thing after the other until none is due.
func (b *Notifier) repeat(next func(context.Context) (bool, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		for ctx.Err() == nil {
			if found, err := next(ctx); err != nil || !found {
				return err
			}
		}
		return nil
	}
}

// Work does all that is due, one after the other.
func (b *Notifier) Work(ctx context.Context) error {
	for _, next := range []func(context.Context) (bool, error){b.spread, b.escalate, b.spread, b.by(Email), b.by(Push), b.by(Text)} {
		if err := b.repeat(next)(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Offers reports whether somebody can be told in that way here.
func (b *Notifier) Offers(way string) bool {
	switch way {
	case Email:
		return b.Mail != nil
	case Push:
		return b.Key != nil
	}
	return b.Text != nil
}
