package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/cmd/app"
	"ringback/gateway"
	"ringback/migrations"
	"ringback/settings"
	"ringback/settings/automations"
)

// The caps are low, so that a short game comes to them.
const (
	contactPerHour = 2
	teamPerHour    = 4
)

const account = "AC00000000000000000000000000000051"

// table is where games are played, one after the other: a database with the
// schema in it, and replicas' pools.
type table struct {
	db    *sqlx.DB // the game's own, which no trouble comes to
	pools []*sqlx.DB
	lives []*process
	empty string // deletes whatever a game has left
	games int
	touched
}

// brief are settings of the connections for a database that goes when the games are
// over. A parallel plan starts a process for each of its parts, which takes longer
// than any answer from so few rows.
var brief = map[string]string{"max_parallel_workers_per_gather": "0", "synchronous_commit": "off", "track_activities": "off"}

// sit opens a database for games. Whatever is in it goes.
func sit(ctx context.Context, dsn string) (*table, error) {
	t := &table{}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, fmt.Errorf("the database's address: %w", err)
	}
	query := u.Query()
	for name, value := range brief {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	plain, err := app.WorkConnector(u.String())
	if err != nil {
		return nil, err
	}
	t.db = pool(sql.OpenDB(plain))
	for range replicas {
		life := &process{}
		t.lives = append(t.lives, life)
		t.pools = append(t.pools, pool(sql.OpenDB(connector{plain, life, &t.touched})))
	}
	const each = `select string_agg('delete from ' || quote_ident(tablename), ';' order by tablename) from pg_tables where schemaname = 'public' and tablename not like 'goose%'`
	if err := t.db.GetContext(ctx, &t.empty, each); err != nil {
		return nil, fmt.Errorf("the tables: %w", err)
	}
	return t, nil
}

func pool(db *sql.DB) *sqlx.DB {
	db.SetMaxOpenConns(3)
	db.SetMaxIdleConns(3)
	return sqlx.NewDb(db, "postgres")
}

func (t *table) close() {
	for _, pool := range append(t.pools, t.db) {
		_ = pool.Close()
	}
}

// world is one game's: a company, its customers, and the replicas that serve it.
type world struct {
	*table
	clock    *clock.Clock
	company  string
	teams    []string
	senders  []settings.Sender // that take texts; each number takes calls as well
	teamOf   []int             // of each sender
	replicas []*replica
	provider *provider
	oracle
}

type replica struct {
	*gateway.Gateway
	process *process
	line    *line
	db      *sqlx.DB
}

// ourNumbers are the senders': two of the first team's, one of the second's.
var ourNumbers = []string{"+13125550100", "+13125550101", "+13125550102"}

// phone is a customer's number, counted from 1; whoever is beyond them withholds it.
func phone(customer int) string {
	if customer > customers {
		return "anonymous"
	}
	return fmt.Sprintf("+131255501%02d", 40+customer)
}

// sweep is after how many games the database's dead rows are cleared away.
const sweep = 20

// clear empties the database. Deleting some hundred rows takes a tenth of the
// time of truncating forty tables; which of them goes first is all the same while
// no foreign key is looked at.
func (t *table) clear(ctx context.Context) error {
	t.games++
	if _, err := t.db.ExecContext(ctx, `begin; set local session_replication_role = replica; `+t.empty+`; commit`); err != nil {
		return fmt.Errorf("empty the database: %w", err)
	}
	if t.games%sweep > 0 {
		return nil
	}
	if _, err := t.db.ExecContext(ctx, `vacuum`); err != nil {
		return fmt.Errorf("clear the dead rows: %w", err)
	}
	return nil
}

// open sets a world up in an empty database.
func (t *table) open(ctx context.Context) (*world, error) {
	if err := t.clear(ctx); err != nil {
		return nil, err
	}
	w := &world{table: t, clock: &clock.Clock{}, provider: newProvider(), oracle: newOracle()}
	company, err := settings.EnsureCompany(ctx, t.db, "Green Valley")
	if err != nil {
		return nil, err
	}
	w.company = company.ID
	for n, name := range []string{"Service", "Sales"} {
		if err := w.addTeam(ctx, name, ourNumbers[2*n:min(2*n+2, len(ourNumbers))]); err != nil {
			return nil, err
		}
	}
	for n := range replicas {
		w.replicas = append(w.replicas, &replica{process: t.lives[n], db: t.pools[n]})
		w.start(n)
	}
	return w, nil
}

func (w *world) addTeam(ctx context.Context, name string, numbers []string) error {
	t := settings.NewTeam()
	t.Name, t.TimeZone = name, "America/Chicago"
	t.ContactPerHour, t.AutomaticPerHour, t.CreateTicketForMissedCalls = contactPerHour, teamPerHour, true
	made, err := settings.CreateTeam(ctx, w.db, w.company, "sim", t)
	if err != nil {
		return err
	}
	w.teams = append(w.teams, made.ID)
	_, err = settings.EditTeam(ctx, w.db, w.company, made.ID, "sim", func(e *settings.Edit) error {
		for _, number := range numbers {
			sender, err := e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: number})
			if err != nil {
				return err
			}
			w.senders, w.teamOf = append(w.senders, sender), append(w.teamOf, len(w.teams)-1)
			if _, err := e.AddSender(ctx, settings.Sender{Kind: channels.Voice, Address: number}); err != nil {
				return err
			}
		}
		// A team begins with the weekdays from its own first week on, which the
		// game's days are before.
		weekdays := "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
		if _, err := e.AddSchedule(ctx, settings.Schedule{
			Title: "Weekdays", TimeZone: t.TimeZone, Enabled: true, StartsAt: "2025-01-06T08:00", EndsAt: "2025-01-06T17:00", RRule: &weekdays, Advisors: settings.Advisors{},
		}); err != nil {
			return err
		}
		all, err := e.Automations(ctx)
		if err != nil {
			return err
		}
		for i := range all {
			all[i].Enabled = true
			if all[i].Key == automations.CustomerHangsUp {
				all[i].Options[automations.DelaySeconds] = 60
			}
		}
		return e.SaveAutomations(ctx, all)
	})
	return err
}

// start begins a replica's life, after whatever ended the one before.
func (w *world) start(n int) {
	r := w.replicas[n]
	r.line = &line{world: w, replica: n, answer: "ok"}
	r.process.begin(nil)
	r.Gateway = gateway.New(gateway.Config{
		DB: r.db, Clock: w.clock, Settings: settings.NewCache(), Channels: []channels.Channel{r.line}, Account: account,
		Accounts:  settings.Accounts{Vault: &settings.Vault{}, DB: w.db},
		PublicURL: func() string { return "https://texts.example.com" },
		Log:       slog.New(complain{w}),
	})
}

// pass lets time go by.
func (w *world) pass(d time.Duration) { w.clock.Stop(w.clock.Now().Add(d)) }

// fresh makes a database of a server, with the schema in it.
func fresh(ctx context.Context, server string) (string, error) {
	admin, err := app.Connect(server)
	if err != nil {
		return "", err
	}
	defer admin.Close()
	if _, err := admin.ExecContext(ctx, `create database sim`); err != nil {
		return "", fmt.Errorf("a database: %w", err)
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/sim"
	db, err := app.Connect(u.String())
	if err != nil {
		return "", err
	}
	defer db.Close()
	return u.String(), migrations.Up(ctx, db.DB)
}
