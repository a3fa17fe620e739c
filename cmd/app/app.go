// Package app wires Ringback together, on one page and in a straight line:
// database, settings, channels, gateway, doors. Both the command and the
// end-to-end tests start it from here.
//
// The hard decision: nothing here is found by registering itself. What runs is
// what New names.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/webchat"
	"ringback/gateway"
	"ringback/gateway/inbox"
	"ringback/gateway/live"
	"ringback/gateway/media"
	"ringback/gateway/metrics"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/payments"
	"ringback/gateway/periodic"
	"ringback/gateway/readreceipts"
	"ringback/gateway/requests"
	"ringback/migrations"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks"
)

// App is one running Ringback.
type App struct {
	Config  Config
	Company settings.Company // the first, which owns the bootstrap key
	DB      *Database
	Clock   *clock.Clock
	Gateway *gateway.Gateway
	Media   *media.Archive
	Hooks   *outboundhooks.Dispatcher
	Notices *notifications.Notifier
	Live    *live.Hub
	Reads   *readreceipts.Sender
	Closer  *payments.Closer
	Router  *webhooks.Router
	Gate    staff.Gate // says who may use the API and the console
	watchers
	chores   periodic.Runner
	Log      *slog.Logger
	server   *http.Server
	listener net.Listener
	metrics  *metrics.Metrics
	room     func() error // an error when the disk has none for files; nil: they are on no disk of ours
	operator operator
}

// New starts a Ringback up to its doors, which Serve opens.
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	a := &App{Config: c, Clock: cmp.Or(c.Clock, &clock.Clock{}), Log: log}
	var err error
	if a.DB, err = openDatabase(ctx, c, log); err != nil {
		return nil, err
	}
	if err = a.DB.Migrate(ctx, log, nil); err == nil {
		err = a.wire(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.DB.close(ctx))
	}
	a.Gateway.Start()
	a.Media.Start()
	a.Hooks.Start()
	a.Notices.Start()
	a.Reads.Start()
	a.Closer.Start()
	a.chores.Start(log, "forgetting idempotency keys", time.Hour, func(ctx context.Context) error { return inbox.Forget(ctx, a.DB.Work) })
	a.Live.Start(a.DB.dsn)
	return a, nil
}

func (a *App) wire(ctx context.Context) error {
	c := a.Config
	var err error
	if a.Company, err = FirstCompany(ctx, a.DB); err != nil {
		return err
	}
	if a.listener, err = net.Listen("tcp", c.Listen); err != nil {
		return fmt.Errorf("LISTEN: %w; choose another address, such as LISTEN=:8081", err)
	}
	if err = a.operator.listen(c); err != nil {
		return err
	}
	a.metrics = metrics.New()
	vault, err := a.vault()
	if err != nil {
		return err
	}
	providers, err := c.providers()
	if err != nil {
		return err
	}
	a.Live = live.New(a.DB.DB, a.Log)
	providers = append(providers, webchat.Channel{Wake: a.Live.Wake})
	accounts := settings.Accounts{Vault: vault, DB: a.DB}
	if a.Media, err = a.archive(ctx, accounts, providers); err != nil {
		return err
	}
	a.Hooks = outboundhooks.New(outboundhooks.Config{DB: a.DB.Work, Key: vault.Key, Log: a.Log})
	pages, err := linkKey(ctx, a.DB, vault, "page")
	if err != nil {
		return err
	}
	cache := settings.NewCache()
	directory := settings.NewDirectory(a.DB.DB, cache, vault)
	if err := directory.Learn(ctx); err != nil {
		return err
	}
	watch := settings.NewSenderHealthRecorder(a.DB.DB, c.TwilioAccount)
	a.Gateway = gateway.New(gateway.Config{
		Directory: directory,
		DB:        a.DB.Work, Clock: a.Clock, Settings: cache, Channels: providers, Account: c.TwilioAccount,
		Accounts: accounts, PublicURL: a.PublicURL, Links: requests.Links{Key: pages}, Play: a.Media.Prompt, Attach: a.Media.Attachment, FastTimeout: c.FastTimeout, Paced: c.Clock == nil, Metrics: a.metrics, Log: a.Log, Changed: a.changed,
		Seen: func(ctx context.Context, told []channels.Event) {
			if err := watch.Seen(ctx, told, a.Clock.Queue()); err != nil {
				a.Log.Warn("senders' health is behind", "error", err)
			}
		},
	})
	a.Closer = &payments.Closer{DB: a.DB.Work, Clock: a.Clock, Stripe: a.stripe(), Log: a.Log}
	a.Reads = readreceipts.New(readreceipts.Config{
		DB: a.DB.Work, Clock: a.Clock, Channels: providers, Accounts: accounts, Log: a.Log,
	})
	if a.Notices, err = a.notices(vault, cache); err != nil {
		return err
	}
	a.Router = webhooks.NewRouter(a.Log, c.TrustedProxies...)
	a.Router.Use(webhooks.Encrypted(a.PublicURL))
	webhooks.Mount(a.Router, webhooks.Config{
		Channels: providers, PublicURL: a.PublicURL, Aliases: a.aliases(), Clock: a.Clock, Log: a.Log,
		Secrets: accounts.Signing,
		CallSecrets: func(ctx context.Context, _ channels.Kind, account string) ([]string, error) {
			return directory.Secrets(ctx, account)
		},
		Observed: func(ctx context.Context, told []channels.Event) bool {
			observed, err := watch.Failed(ctx, told, a.Clock.Queue())
			if err != nil {
				a.Log.Error("a wrong signature is not counted", "error", err)
			}
			return observed
		},
		Payments: a.payments(), Receive: a.Gateway.Receive, Call: a.Gateway.Call, Ready: a.ready, Follow: a.Media.Follow, Metrics: a.metrics,
	})
	a.mountOperator()
	if err := a.mountPages(); err != nil {
		return err
	}
	return a.mountAPI(accounts)
}

// PublicURL is where providers reach us.
func (a *App) PublicURL() string {
	if a.Config.PublicURL == "" {
		_, port, _ := net.SplitHostPort(a.listener.Addr().String())
		return "http://localhost:" + port
	}
	return a.Config.publicURL()
}

// aliases are this machine's own names for itself, by which a provider that
// runs here may call it while no public address is set.
func (a *App) aliases() []string {
	if a.Config.PublicURL != "" {
		return nil
	}
	_, port, _ := net.SplitHostPort(a.listener.Addr().String())
	return []string{"http://127.0.0.1:" + port, "http://[::1]:" + port}
}

// Private reports whether only this machine can reach us.
func (a *App) Private() bool {
	address, ok := a.listener.Addr().(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}

// URL is where we listen, for those on this machine.
func (a *App) URL() string {
	_, port, _ := net.SplitHostPort(a.listener.Addr().String())
	return "http://127.0.0.1:" + port
}

func (a *App) ready(ctx context.Context) error {
	pending, err := migrations.Pending(ctx, a.DB.DB.DB)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if pending > 0 {
		return fmt.Errorf("%d migrations are pending", pending)
	}
	return nil
}

// writing is how long an answer may take whose reader hardly reads: files,
// streams and what takes long to be uploaded say for themselves how long.
const writing = time.Minute

// Serve opens the doors until the context ends, then closes them, lets the
// workers finish, and last stops the database.
func (a *App) Serve(ctx context.Context) error {
	if a.Config.PublicURL == "" && !a.Private() {
		a.Log.Warn("PUBLIC_URL is not set, so this is taken for a developer's own machine: cookies travel without encryption, and no provider reaches us; set it to the https address that people use", "listen", a.Config.Listen)
	}
	a.server = &http.Server{
		Handler: a.Router, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: writing, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn),
	}
	a.server.RegisterOnShutdown(a.end) // live streams would keep the doors open
	a.server.RegisterOnShutdown(a.Live.End)
	failed := make(chan error, 3)
	a.operator.serve(failed)
	go func() { failed <- a.server.Serve(a.listener) }()
	if a.Config.Tunnel != nil {
		go func() { failed <- a.server.Serve(a.Config.Tunnel) }()
	}
	select {
	case <-ctx.Done():
	case err := <-failed:
		return errors.Join(err, a.Close())
	}
	return a.Close()
}

// closing bounds an orderly stop: doors 8 seconds, workers and database the rest.
const closing = 25 * time.Second

// Close stops in order: doors, workers, database.
func (a *App) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	var err error
	if a.server != nil {
		doors, cancel := context.WithTimeout(ctx, 8*time.Second)
		err = a.server.Shutdown(doors)
		cancel()
		if err != nil {
			err = a.server.Close()
		}
	} else {
		_ = a.listener.Close()
	}
	a.operator.close()
	a.Live.End()
	a.chores.Stop()
	a.Media.Stop()
	a.Hooks.Stop()
	a.Notices.Stop()
	a.Reads.Stop()
	a.Closer.Stop()
	a.Gateway.Stop()
	a.Live.Stop() // the last, so that other replicas hear of what the others did to the end
	return errors.Join(err, a.DB.close(ctx))
}
