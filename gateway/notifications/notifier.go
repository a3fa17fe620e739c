package notifications

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/channels/httpcall"
	"ringback/channels/mail"
	"ringback/gateway/periodic"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
)

// Config is what a notifier works with.
type Config struct {
	DB        *sqlx.DB
	Clock     *clock.Clock
	Settings  *settings.Cache
	Key       *settings.SecretKey // seals the key that pushes are signed with; nil: there are none
	Mail      *mail.Server        // nil: no e-mail
	Text      Texter              // nil: no texts
	PublicURL func() string       // of the console
	Log       *slog.Logger
	Rounds    *rounds.Rounds // hears when its work comes round; may be nil
	TLS       *tls.Config    // to push services; nil: the usual one
	Loopback  bool           // push services may be on this machine and its network; for tests
}

// Texter puts a text to one of the staff into the outbox of the team.
type Texter func(ctx context.Context, tx *sqlx.Tx, t TextTo) error

// TextTo is a text to one of the staff.
type TextTo struct {
	CompanyID, TeamID, StaffID string
	To, Text                   string
	SenderID                   string // from which it goes; empty: the team's first
}

// Notifier tells the staff.
type Notifier struct {
	Config
	client               *http.Client
	signer               signer
	spreads, escalations *queue.Workers
	sends                map[string]*queue.Queue[batch] // by way
	chores               periodic.Runner
}

// New returns a notifier that stands still until Start.
func New(c Config) *Notifier {
	if c.Clock == nil {
		c.Clock = &clock.Clock{}
	}
	b := &Notifier{Config: c, client: httpcall.OutsideClient(c.TLS, c.Loopback), sends: map[string]*queue.Queue[batch]{}, chores: periodic.Runner{Rounds: c.Rounds}}
	b.spreads = &queue.Workers{Name: "finding out whom notices concern", Log: c.Log, Rounds: c.Rounds, N: 1, Poll: poll, Next: b.spread}
	b.escalations = &queue.Workers{Name: "looking for tickets that nobody touches", Log: c.Log, Rounds: c.Rounds, N: 1, Poll: 5 * poll, Next: b.escalate}
	for _, way := range ways {
		b.sends[way] = b.newSends(way)
	}
	return b
}

const poll = time.Second

// ways are those in which people are told. Each has a queue of its own, so that
// a mail server that hangs holds up no push.
var ways = []string{Email, Push, Text}

// slots are how many messages of a way are sent at once: of letters few, as
// mail servers mind more.
func (b *Notifier) slots(way string) int {
	switch {
	case !b.Offers(way):
		return 1 // lets what waits from before come to an end
	case way == Email:
		return 2
	case way == Push:
		return 8
	}
	return 1
}

func (b *Notifier) newSends(way string) *queue.Queue[batch] {
	return queue.New(queue.Config[batch]{
		Name: "telling staff by " + way, Log: b.Log, Rounds: b.Rounds, Slots: b.slots(way), Poll: poll, Lease: lease,
		Claim: func(ctx context.Context, room queue.Room) ([]batch, error) { return b.claim(ctx, way, room) },
		Renew: b.renew,
		Work:  func(ctx context.Context, all batch, hold *queue.Lease) error { return b.tell(ctx, way, all, hold) },
		Panicked: func(ctx context.Context, all batch, _ error) error {
			return b.again(ctx, all, errors.New("a fault of ours kept it from being sent"), false)
		},
	})
}

// Start sets the notifier to work until Stop.
func (b *Notifier) Start() {
	b.spreads.Start()
	b.escalations.Start()
	for _, way := range ways {
		b.sends[way].Start()
	}
	b.chores.Start(b.Log, "sweeping notices", sweeping, func(ctx context.Context) error { return b.Sweep(ctx, time.Now()) })
}

// Stop ends the work. What it cuts off is sent again, here or elsewhere.
func (b *Notifier) Stop() {
	b.spreads.Stop()
	b.escalations.Stop()
	for _, way := range ways {
		b.sends[way].Stop()
	}
	b.chores.Stop()
	b.client.CloseIdleConnections()
}

// Work does all that is due, one after the other.
func (b *Notifier) Work(ctx context.Context) error {
	for _, drain := range []func(context.Context) error{
		b.spreads.Drain, b.escalations.Drain, b.spreads.Drain, b.sends[Email].Drain, b.sends[Push].Drain, b.sends[Text].Drain,
	} {
		if err := drain(ctx); err != nil {
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
