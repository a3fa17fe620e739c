package app

import (
	"context"
	"time"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/events"
	"ringback/settings"
	"ringback/webhooks"
)

// A database that is away is looked for again after lookAgain, and later after
// lookSeldom.
const (
	lookAgain  = time.Second
	lookSeldom = 5 * time.Second
)

// openEarly opens the doors that are open while there is no database: the providers',
// where enough is remembered to verify what they bring.
func (a *App) openEarly() error {
	router := a.router()
	a.open.set(router)
	var err error
	if a.vault, err = openVault(a.Config, a.Config.DatabaseURL == ""); err != nil {
		return err
	}
	directory := settings.NewDirectory(nil, settings.NewCache(), a.vault)
	known := a.spool != nil && a.recall(directory)
	doors := a.doors(nil)
	if known {
		if doors.Channels, err = a.Config.providers(); err != nil {
			return err
		}
		a.early = gateway.New(gateway.Config{Clock: a.Clock, Channels: doors.Channels, Spool: a.spool, Log: a.Log})
		a.early.StartIntake()
		doors.Secrets, doors.Receive = directory.Signing, a.early.Receive
		doors.Call = func(ctx context.Context, asked channels.CallRequest) channels.Script {
			a.early.Journal(ctx, []channels.Event{asked.Event})
			return channels.Script{channels.Reject{}} // nobody knows yet whom the number reaches
		}
	}
	webhooks.Mount(router, doors)
	a.mountMetrics(router)
	router.NoRoute(webhooks.Starting)
	return nil
}

// beginAgain is Begin, again and again while the database is away and the doors can
// do without it.
func (a *App) beginAgain(ctx context.Context) error {
	if a.early == nil || a.Config.DatabaseURL == "" {
		return a.Begin(ctx)
	}
	return untilThrough(ctx, a.Begin, func(err error) {
		a.start.set(away, err)
		a.Log.Warn("Postgres is away; what providers bring is kept in the spool until it is there", "events", a.spool.State().Count, "error", err)
	})
}

// untilThrough does what trouble of the database's cuts off again and again, and tells
// of each time. It may come at any statement of a start.
func untilThrough(ctx context.Context, do func(context.Context) error, cutOff func(error)) error {
	for wait := lookAgain; ; wait = min(2*wait, lookSeldom) {
		err := do(ctx)
		if err == nil || !events.Troubled(err) || ctx.Err() != nil {
			return err
		}
		cutOff(err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}
