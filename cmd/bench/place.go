package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/simulator"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
	"ringback/cmd/app"
	"ringback/gateway"
	"ringback/gateway/health"
	"ringback/migrations"
	"ringback/migrations/pg"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/webhooks"
)

const (
	accountSID = "AC00000000000000000000000000000001"
	authToken  = "an auth token for measuring"
	ours       = "+13125550100"
)

// place is where the measuring happens: a durable Postgres of its own in a
// folder that is deleted afterwards, and one company with one team.
type place struct {
	dir      string
	stays    bool // the folder
	server   *pg.Server
	dsn      string
	db       *sqlx.DB
	played   simulator.World
	provider string // the address of the simulated Twilio
	company  string
	team     settings.Team
	sender   settings.Sender
	filled   int // customers that fill made
	called   int // the last of them that wrote
}

// open is a place with a company in it. Its folder stays if it has a name.
func open(ctx context.Context, dir string) (p *place, err error) {
	gin.SetMode(gin.ReleaseMode)
	p = &place{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if err = p.beginIn(ctx, dir); err != nil {
		return p, err
	}
	if p.provider, err = p.played.Start(twiliosim.New(twiliosim.Config{AccountSID: accountSID, AuthToken: authToken, Auto: true, CallbackDelay: time.Millisecond})); err != nil {
		return p, err
	}
	return p, p.settle(ctx)
}

// beginIn is begin in a folder that stays, if it has a name.
func (p *place) beginIn(ctx context.Context, dir string) error {
	if p.dir, p.stays = dir, dir != ""; p.stays {
		if err := os.MkdirAll(p.dir, 0o755); err != nil { // #nosec G301 -- Postgres may run as somebody else
			return fmt.Errorf("the folder for the data: %w", err)
		}
	}
	return p.begin(ctx)
}

// begin starts Postgres in the folder, or in one that goes, and brings it up to date.
func (p *place) begin(ctx context.Context) (err error) {
	if p.dir == "" {
		if p.dir, err = os.MkdirTemp("", "ringback-bench-"); err != nil {
			return fmt.Errorf("a folder for the data: %w", err)
		}
		if err := os.Chmod(p.dir, 0o755); err != nil { // Postgres may run as somebody else
			return fmt.Errorf("the folder for the data: %w", err)
		}
	}
	if p.server, err = pg.Start(ctx, pg.Config{DataDir: p.dir, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	p.dsn = p.server.DSN()
	if p.db, err = app.Connect(p.dsn); err != nil {
		return err
	}
	return migrations.Up(ctx, p.db.DB)
}

// settle makes the company, or finds it in a folder that stayed: a team that closed
// an hour ago and answers whoever writes meanwhile, without a cap that the measuring would
// run into.
func (p *place) settle(ctx context.Context) error {
	company, err := settings.EnsureCompany(ctx, p.db, "Green Valley")
	if err != nil {
		return err
	}
	p.company = company.ID
	if _, err := p.db.ExecContext(ctx, idAt); err != nil {
		return fmt.Errorf("ids of before: %w", err)
	}
	if p.team, err = p.answering(ctx, "Service", settings.Sender{Kind: channels.SMS, Address: ours}, settings.Sender{Kind: channels.Voice, Address: ours}); err != nil {
		return err
	}
	senders, err := settings.ListSenders(ctx, p.db, p.company, p.team.ID, "", 10)
	for _, s := range senders {
		if s.Kind == channels.SMS {
			p.sender = s
		}
	}
	if err != nil {
		return err
	}
	return p.remember(ctx)
}

// answering is the team of that name with its senders; it is made where there is none.
func (p *place) answering(ctx context.Context, name string, senders ...settings.Sender) (settings.Team, error) {
	teams, err := settings.ListTeams(ctx, p.db, p.company, nil, name, "", 1)
	if err != nil {
		return settings.Team{}, err
	}
	if len(teams) > 0 {
		_, err = p.closed(ctx, teams[0].ID)
		return teams[0], err
	}
	team := settings.NewTeam()
	team.Name, team.TimeZone = name, "UTC"
	team.AutomaticPerHour, team.AutomaticPerDay = 1_000_000, 10_000_000
	made, err := settings.CreateTeam(ctx, p.db, p.company, "bench", team)
	if err != nil {
		return made, err
	}
	for i := range senders {
		senders[i].Settings.MessagesPerSecond = 1000
	}
	_, err = p.closed(ctx, made.ID, senders...)
	return made, err
}

// closed gives a team its senders, closes it an hour ago and has it answer whoever writes
// meanwhile. It closes after all that was left behind of before: who was answered since
// then is not answered again.
func (p *place) closed(ctx context.Context, team string, senders ...settings.Sender) (added []settings.Sender, err error) {
	hoursAgo := func(n int) string {
		return time.Now().UTC().Add(-time.Duration(n) * time.Hour).Format("2006-01-02T15:04")
	}
	begins, err := settings.ListSchedules(ctx, p.db, p.company, team, "", 100) // the weekdays that every team begins with
	if err != nil {
		return nil, err
	}
	_, err = settings.EditTeam(ctx, p.db, p.company, team, "bench", func(e *settings.Edit) error {
		for _, s := range begins {
			if err := e.DeleteSchedule(ctx, s.ID); err != nil {
				return err
			}
		}
		for _, s := range senders {
			sender, err := e.AddSender(ctx, s)
			if err != nil {
				return err
			}
			added = append(added, sender)
		}
		if _, err := e.AddSchedule(ctx, settings.Schedule{
			Title: "Until an hour ago", TimeZone: "UTC", Enabled: true, Advisors: settings.Advisors{},
			StartsAt: hoursAgo(2), EndsAt: hoursAgo(1),
		}); err != nil {
			return err
		}
		all, err := e.Automations(ctx)
		if err != nil {
			return err
		}
		for i := range all {
			all[i].Enabled = all[i].Enabled || all[i].Key == automations.AfterHoursText
		}
		return e.SaveAutomations(ctx, all)
	})
	return added, err
}

func (p *place) close() {
	p.played.Close()
	if p.db != nil {
		_ = p.db.Close()
	}
	if p.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = p.server.Stop(ctx)
	}
	if !p.stays {
		_ = os.RemoveAll(p.dir)
	}
}

// gatewayAt is a gateway that listens.
type gatewayAt struct {
	*gateway.Gateway
	address string // host:port
	url     string
	server  *http.Server
	work    *sqlx.DB
	asked   *sqlx.DB // by the doors
	numbers *sqlx.DB
}

// gateway opens the doors as the service does. start says what works behind them.
func (p *place) gateway(start func(*gateway.Gateway)) (*gatewayAt, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	g := &gatewayAt{address: listener.Addr().String(), url: "http://" + listener.Addr().String()}
	if g.work, err = app.ConnectWork(p.dsn); err != nil {
		return nil, err
	}
	if g.asked, err = app.ConnectWork(p.dsn); err != nil {
		return nil, err
	}
	if g.numbers, err = app.ConnectNumbers(p.dsn); err != nil {
		return nil, err
	}
	base, err := url.Parse(p.provider)
	if err != nil {
		return nil, fmt.Errorf("the provider's address: %w", err)
	}
	providers := []channels.Channel{twilio.New(twilio.Config{BaseURL: base})}
	quiet := slog.New(slog.DiscardHandler) // a turn that is cut off has callbacks under way
	publicURL := func() string { return g.url }
	accounts := settings.Accounts{DB: p.db, Vault: &settings.Vault{Environment: map[string]channels.Account{
		settings.Twilio: {ID: accountSID, Secrets: []string{authToken}},
	}}}
	cache := settings.NewCache()
	directory := settings.NewDirectory(g.asked, cache, accounts.Vault)
	if err := directory.Learn(context.Background()); err != nil {
		return nil, err
	}
	g.Gateway = gateway.New(gateway.Config{
		DB: g.work, Numbers: g.numbers, Clock: &clock.Clock{}, Settings: cache, Directory: directory, Channels: providers,
		Account: accountSID, Accounts: accounts, PublicURL: publicURL, Log: quiet,
	})
	router := gin.New()
	webhooks.Mount(router, webhooks.Config{
		Channels: providers, PublicURL: publicURL, Clock: &clock.Clock{}, Log: quiet,
		Secrets: directory.Signing, Receive: g.Receive, Call: g.Call, Ready: func(ctx context.Context) ([]health.Note, error) { return nil, p.db.PingContext(ctx) },
	})
	g.server = &http.Server{Handler: router, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
	go func() { _ = g.server.Serve(listener) }()
	start(g.Gateway)
	return g, nil
}

func (g *gatewayAt) close() {
	_ = g.server.Close()
	g.Stop()
	_ = g.work.Close()
	_ = g.asked.Close()
	_ = g.numbers.Close()
}
