// Package callhours keeps the hours of calls that WhatsApp numbers have at Meta
// as their teams' ring schedules and holidays say, of those that follow them.
//
// The hard decision: what Meta has is told to it when our schedules come to
// something else than Meta took last, and never because Meta has something else:
// whoever changed the hours there meant to. That is shown, and stays until ours
// change.
package callhours

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/queue"
	"ringback/gateway/rounds"
	"ringback/settings"
)

// Config is what a keeper stands on.
type Config struct {
	DB       *sqlx.DB
	Clock    *clock.Clock // says which days lie ahead; when to look is the database's affair
	Channels []channels.Channel
	Accounts settings.Accounts
	Log      *slog.Logger
	Rounds   *rounds.Rounds // hears when its work comes round; may be nil
}

// Keeper tells Meta what is due.
type Keeper struct {
	Config
	due *queue.Queue[settings.CallHoursDue]
}

const (
	slots = 4
	each  = 1                // of one number, which is an account
	poll  = 10 * time.Second // a save is at Meta well within a minute
	lease = time.Minute
	calls = 30 * time.Second // both, at their longest
)

// New returns a keeper that stands still until Start.
func New(c Config) *Keeper {
	k := &Keeper{Config: c}
	k.due = queue.New(queue.Config[settings.CallHoursDue]{
		Name: "keeping call hours", Log: c.Log, Rounds: c.Rounds, Slots: slots, Each: each, Poll: poll, Lease: lease,
		Claim: func(ctx context.Context, room queue.Room) ([]settings.CallHoursDue, error) {
			return settings.ClaimCallHours(ctx, k.DB, room.Free, lease)
		},
		Renew: func(ctx context.Context, d settings.CallHoursDue) (bool, error) { return d.Renew(ctx, k.DB, lease) },
		Key:   func(d settings.CallHoursDue) string { return d.Account },
		Work:  func(ctx context.Context, d settings.CallHoursDue, l *queue.Lease) error { return k.keep(ctx, d, l) },
		Panicked: func(ctx context.Context, d settings.CallHoursDue, cause error) error {
			return d.Fail(ctx, k.DB, "internal_error")
		},
	})
	return k
}

// Start sets the keeper to work until Stop.
func (k *Keeper) Start() { k.due.Start() }

// Stop ends the work. What it cuts off is taken up again, here or elsewhere.
func (k *Keeper) Stop() { k.due.Stop() }

// Work does what is due, one after the other.
func (k *Keeper) Work(ctx context.Context) error { return k.due.Drain(ctx) }

// keep tells Meta the hours, when they are others than it took last, and asks what
// it has. What it was told twice is the same.
func (k *Keeper) keep(ctx context.Context, d settings.CallHoursDue, l *queue.Lease) error {
	at := k.provider()
	if at == nil {
		return d.Fail(ctx, k.DB, "no_provider")
	}
	wanted, err := d.Hours(ctx, k.DB, k.Clock.Now())
	if err != nil {
		return err
	}
	account, err := k.Accounts.Find(ctx, channels.WhatsAppCloud, d.Account)
	if err != nil && !errors.Is(err, settings.ErrNoAccount) { // without secrets the provider refuses
		return err
	}
	account.ID = d.Account
	took := d.Wanted.CallHours
	push := took == nil || !settings.SameCallHours(*took, wanted)
	if err := l.Hold(ctx, calls); err != nil {
		return err
	}
	if push {
		if err := at.SetCallHours(ctx, account, wanted); err != nil {
			return k.failed(ctx, d, err)
		}
	}
	told, err := at.CallHours(ctx, account)
	if err != nil {
		return k.failed(ctx, d, err)
	}
	return d.Keep(ctx, k.DB, wanted, told, push, k.Clock.Now())
}

// failed notes what Meta said. A call that was cut off is made again when the
// lease is over.
func (k *Keeper) failed(ctx context.Context, d settings.CallHoursDue, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	k.Log.Warn("the call hours of a number could not be kept", "sender", d.SenderID, "error", err)
	return d.Fail(ctx, k.DB, err.Error())
}

// provider is the one whose numbers have call hours; nil: none.
func (k *Keeper) provider() channels.CallHoursKeeper {
	for _, channel := range k.Channels {
		if at, ok := channel.(channels.CallHoursKeeper); ok {
			return at
		}
	}
	return nil
}
