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
	"sync"
	"time"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/mail"
	"ringback/channels/model"
	"ringback/channels/webchat"
	"ringback/gateway"
	"ringback/gateway/ask"
	"ringback/gateway/calendars"
	"ringback/gateway/callhours"
	"ringback/gateway/erasures"
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
	"ringback/gateway/retention"
	"ringback/gateway/rounds"
	"ringback/gateway/spool"
	"ringback/gateway/traces"
	"ringback/gateway/transcripts"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks"
)

// App is one running Ringback.
type App struct {
	Config   Config
	Company  settings.Company // the first, which owns the bootstrap key
	DB       *Database
	Clock    *clock.Clock
	Gateway  *gateway.Gateway
	Media    *media.Archive
	Hooks    *outboundhooks.Dispatcher
	Notices  *notifications.Notifier
	Live     *live.Hub
	Reads    *readreceipts.Sender
	Closing  *payments.Checkouts
	Asking   *payments.Checkouts
	Eraser   *erasures.Eraser
	Walker   *retention.Walker
	Speech   *transcripts.Transcriber
	Feeds    *calendars.Reader
	Hours    *callhours.Keeper
	Router   *webhooks.Router
	Desk     inbox.Desk // what the staff do
	Gate     staff.Gate // says who may use the API and the console
	identity staff.Identity
	mail     *mail.Server // the company's; nil: none
	watchers
	chores    periodic.Runner
	rounds    rounds.Rounds // of all that goes on by itself
	Log       *slog.Logger
	server    *http.Server
	listener  net.Listener
	metrics   *metrics.Metrics
	traces    *traces.Traces
	room      func() error // an error when the disk has none for files; nil: they are on no disk of ours
	operator  operator
	open      doors       // what is asked of the server goes to these
	spool     spool.Store // nil: there is none
	vault     *settings.Vault
	early     *gateway.Gateway // writes down what comes before Postgres is there; nil: nothing comes
	directory *settings.Directory
	start     progress
	oldest    oldest
	pending   ask.Together[struct{}, int] // how many migrations are, for all who ask whether it is ready
	beginning sync.WaitGroup
}

// New starts a Ringback up to its doors, which Serve opens.
func New(ctx context.Context, c Config, log *slog.Logger) (*App, error) {
	a, err := Open(c, log)
	if err != nil {
		return nil, err
	}
	if err := a.Begin(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Open is a Ringback without a database, which Begin gives it: what providers tell it
// until then is verified by what it remembers and kept in the spool.
func Open(c Config, log *slog.Logger) (*App, error) {
	a := &App{Config: c, Clock: cmp.Or(c.Clock, &clock.Clock{}), Log: log}
	var err error
	if a.listener, err = net.Listen("tcp", c.Listen); err != nil {
		return nil, fmt.Errorf("LISTEN: %w; choose another address, such as LISTEN=:8081", err)
	}
	if a.traces, err = traces.New(c.TracesURL, log); err == nil {
		err = a.openSpool()
	}
	if err == nil {
		err = a.openOperator()
	}
	if err == nil {
		err = a.openEarly()
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Begin opens the database, brings it up to date, and sets everything to work that
// needs it.
func (a *App) Begin(ctx context.Context) error {
	d, err := a.database(ctx)
	if err == nil {
		a.DB = d
		err = a.wire(ctx)
	}
	if err == nil {
		err = a.followClock(ctx)
	}
	if err != nil {
		a.DB = nil
		return errors.Join(err, a.release(context.WithoutCancel(ctx), d))
	}
	a.startWork()
	a.Live.Start(a.DB.dsn, a.DB.hosts.listening())
	a.lookEverywhere()
	a.pending.Ask, a.pending.Patience = a.countPending, answersWithin
	a.start.set(begun, nil)
	a.open.set(a.Router)
	return nil
}

func (a *App) followClock(ctx context.Context) error {
	return a.Clock.Follow(func() (now time.Time, err error) {
		err = a.DB.Work.QueryRowContext(ctx, `select clock_timestamp()`).Scan(&now)
		return now, err
	})
}

func (a *App) wire(ctx context.Context) error {
	c, vault := a.Config, a.vault
	var err error
	if a.identity, err = c.identity(); err != nil {
		return err
	}
	if a.Company, err = FirstCompany(ctx, a.DB); err != nil {
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
	a.Eraser = erasures.New(erasures.Config{
		DB: a.DB.Work, Blobs: a.Media.Blobs, Clock: a.Clock, Channels: providers, Accounts: accounts, Log: a.Log, Rounds: &a.rounds,
	})
	a.Speech = transcripts.New(transcripts.Config{DB: a.DB.Work, Clock: a.Clock, Media: a.Media, Server: model.New(c.speech()), Log: a.Log, Rounds: &a.rounds})
	a.Walker = &retention.Walker{DB: a.DB.Work, Clock: a.Clock, Log: a.Log, Rounds: &a.rounds}
	a.Hooks = outboundhooks.New(outboundhooks.Config{DB: a.DB.Work, Key: vault.Key, Log: a.Log, Rounds: &a.rounds})
	pages, err := linkKey(ctx, a.DB, vault, "page")
	if err != nil {
		return err
	}
	cache := settings.NewCache()
	a.directory = settings.NewDirectory(a.DB.Doors, cache, vault)
	if err := a.directory.Learn(ctx); err != nil {
		return err
	}
	if err := a.remember(ctx); err != nil {
		return err
	}
	watch := settings.NewSenderHealthRecorder(a.DB.DB, c.TwilioAccount)
	a.Gateway = gateway.New(gateway.Config{
		Directory: a.directory, Spool: a.spool, SpoolAfter: c.SpoolAfter,
		DB: a.DB.Work, Numbers: a.DB.Numbers, Clock: a.Clock, Settings: cache, Channels: providers, Account: c.TwilioAccount,
		Accounts: accounts, PublicURL: a.PublicURL, Links: requests.Links{Key: pages}, Play: a.Media.Prompt, Attach: a.Media.Attachment, FastTimeout: c.FastTimeout, Paced: c.Clock == nil, Metrics: a.metrics, Traces: a.traces, Log: a.Log, Rounds: &a.rounds, Changed: a.changed,
		Seen: func(ctx context.Context, told []channels.Event) {
			if err := watch.Seen(ctx, told, a.Clock.Queue()); err != nil {
				a.Log.Warn("senders' health is behind", "error", err)
			}
		},
	})
	a.Closing, a.Asking = a.checkouts(payments.Closing), a.checkouts(payments.Asking)
	a.Feeds = calendars.New(calendars.Config{DB: a.DB.Work, Clock: a.Clock, Log: a.Log, Rounds: &a.rounds})
	a.Hours = callhours.New(callhours.Config{DB: a.DB.Work, Clock: a.Clock, Channels: providers, Accounts: accounts, Log: a.Log, Rounds: &a.rounds})
	a.Reads = readreceipts.New(readreceipts.Config{
		DB: a.DB.Work, Clock: a.Clock, Channels: providers, Accounts: accounts, Log: a.Log, Rounds: &a.rounds,
	})
	if a.Notices, err = a.notices(vault, cache); err != nil {
		return err
	}
	a.Router = a.router()
	doors := a.doors(providers)
	doors.Secrets = a.directory.Signing
	doors.CallSecrets = func(ctx context.Context, _ channels.Kind, account string) ([]string, error) {
		return a.directory.Secrets(ctx, account)
	}
	doors.Observed = func(ctx context.Context, told []channels.Event) bool {
		observed, err := ask.Within(ctx, answersWithin, func(ctx context.Context) (bool, error) {
			return watch.Failed(ctx, told, a.Clock.Queue())
		})
		if err != nil {
			a.Log.Error("a wrong signature is not counted", "error", err)
		}
		return observed
	}
	doors.Numbers = func(ctx context.Context, businesses []string) (map[string][]string, error) {
		return settings.BusinessNumbers(ctx, a.DB.Work, businesses)
	}
	doors.Payments, doors.Receive, doors.Call, doors.Follow = a.payments(), a.Gateway.Receive, a.Gateway.Call, a.Media.Follow
	webhooks.Mount(a.Router, doors)
	a.mountMetrics(a.Router)
	if err := a.mountPages(); err != nil {
		return err
	}
	return a.mountAPI(accounts)
}

// router is one that refuses what must not travel in clear.
func (a *App) router() *webhooks.Router {
	r := webhooks.NewRouter(a.Log, a.Config.TrustedProxies...)
	r.Use(webhooks.Encrypted(a.PublicURL))
	return r
}

// doors are the providers', as far as they need no database.
func (a *App) doors(providers []channels.Channel) webhooks.Config {
	return webhooks.Config{
		Channels: providers, PublicURL: a.PublicURL, Aliases: a.aliases(), Clock: a.Clock, Log: a.Log, Ready: a.ready, Operates: a.operates, Metrics: a.metrics, Traces: a.traces,
	}
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
