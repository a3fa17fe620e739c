package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/simulator"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/chaos/load"
	"ringback/cmd/chaos/wire"
	"ringback/migrations/pg"
)

const (
	account   = "AC00000000000000000000000000000001"
	authToken = "an auth token for the campaign"
	key       = "a bootstrap key for the campaign"
)

// teams are what customers write to. The second may send few automatic messages.
var teams = []load.Team{
	{Name: "Service", Number: "+13125550100"},
	{Name: "Sales", Number: "+13125550101", Cap: 40},
}

// remembered is how many messages the provider keeps: all of a day's.
const remembered = 1 << 20

// stage is where a campaign is played: three replicas, their Postgres, their provider,
// the NATS servers with their spool if they share one, the wires between, and the balancer
// before them.
type stage struct {
	dir        string
	postgres   *pg.Server
	config     pg.Config
	toPostgres *wire.Wire
	sim        *twilio.Simulator
	toProvider *wire.Wire
	nats       []*natsServer // with the spool; none: each replica has a folder of its own
	replicas   []*replica
	entry      *entry
	db         *sqlx.DB // the auditor's own, straight to Postgres
	load       *load.Load
	teams      []load.Team
	disks      bool // each replica has a small one of its own
	room       bool // and Postgres one that can be filled
	closes     []func()
}

type stageOptions struct {
	binary   string
	nats     string // the NATS servers' program; empty: each replica's spool is a folder
	replicas int
	rate     float64
	seed     uint64
	callback time.Duration
	env      []string
	disks    bool // small ones, to be filled
	room     bool // and one for Postgres
	fast     bool // a Postgres that need not survive the machine, for a short test
}

// setUp builds the stage, ready for a load.
func setUp(ctx context.Context, o stageOptions) (s *stage, err error) {
	s = &stage{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.dir, err = os.MkdirTemp("", "ringback-chaos-"); err != nil {
		return s, err
	}
	if err = os.Chmod(s.dir, 0o755); err != nil { // Postgres may run as somebody else
		return s, err
	}
	if err = s.startPostgresAndProvider(ctx, o); err != nil {
		return s, err
	}
	over, err := wire.Over(s.postgres.DSN(), s.toPostgres.Address())
	if err != nil {
		return s, err
	}
	env := append([]string{
		"DATABASE_URL=" + over, "DATABASE_CONNECTIONS=24", "TWILIO_ACCOUNT_SID=" + account, "TWILIO_AUTH_TOKEN=" + authToken, "RINGBACK_BOOTSTRAP_KEY=" + key,
		"TRUSTED_PROXIES=127.0.0.1", "TWILIO_BASE_URL=http://" + s.toProvider.Address(), "LOG_LEVEL=info",
		"RINGBACK_SECRET_KEY=" + base64.StdEncoding.EncodeToString([]byte("thirty-two bytes of a test's key")),
	}, o.env...)
	if o.nats != "" {
		if err = s.startNATS(ctx, o.nats); err != nil {
			return s, err
		}
		env = append(env, "SPOOL_URL="+s.spoolURL())
	}
	var names, urls []string
	for n := range o.replicas {
		r, err := newReplica(s.dir, n+1, o.binary, env)
		if err != nil {
			return s, err
		}
		s.replicas = append(s.replicas, r)
		names, urls = append(names, r.name), append(urls, r.url())
	}
	if s.entry, err = newEntry(names, urls); err != nil {
		return s, err
	}
	if o.disks {
		if err := s.mountDisks(); err != nil {
			return s, err
		}
	}
	for _, r := range s.replicas {
		r.env = append(r.env, "PUBLIC_URL="+s.entry.URL)
		if err = r.start(); err != nil {
			return s, err
		}
	}
	if err = s.untilReady(ctx, o.replicas); err != nil {
		return s, err
	}
	loaded, err := load.Setup(ctx, load.Config{
		Entry: s.entry.URL, Key: key, Account: account, Token: authToken, Teams: teams, DB: s.db, Rate: o.rate, Seed: o.seed,
	})
	s.teams, s.load = loaded.Teams, load.New(loaded)
	return s, err
}

func (s *stage) startPostgresAndProvider(ctx context.Context, o stageOptions) (err error) {
	s.config = pg.Config{DataDir: filepath.Join(s.dir, "data"), Throwaway: o.fast, Log: slog.New(slog.DiscardHandler)}
	if s.room = o.room; o.room {
		if err = os.Mkdir(s.config.DataDir, 0o755); err != nil { //nolint:gosec // Postgres may run as somebody else
			return err
		}
		if err = s.mountDisk(s.config.DataDir, postgresSize); err != nil {
			return err
		}
	}
	if s.postgres, err = pg.Start(ctx, s.config); err != nil {
		return err
	}
	network, server, err := wire.Postgres(s.postgres.DSN())
	if err != nil {
		return err
	}
	if s.toPostgres, err = wire.New(network, server); err != nil {
		return err
	}
	if s.db, err = sqlx.Open("postgres", s.postgres.DSN()); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(4)
	s.sim = twilio.New(twilio.Config{
		AccountSID: account, AuthToken: authToken, Numbers: []string{teams[0].Number, teams[1].Number},
		OptOuts: twilio.OptOutsOff, Auto: true, CallbackDelay: o.callback, Keep: remembered,
	})
	at, err := s.sim.Listen(simulator.Loopback)
	if err != nil {
		return err
	}
	s.toProvider, err = wire.New("tcp", at[len("http://"):])
	return err
}

// untilReady waits for so many replicas.
func (s *stage) untilReady(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); s.entry.ready() < n; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d replicas are ready; their logs are in %s: %w", s.entry.ready(), n, s.dir, ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// stopPostgres ends it at once, without a checkpoint, as a power cut does to what is
// in its memory.
func (s *stage) stopPostgres() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	_ = s.postgres.Stop(now) // which says that it will have to recover
}

func (s *stage) startPostgres(ctx context.Context) error {
	server, err := pg.Start(ctx, s.config)
	if err != nil {
		return err
	}
	s.postgres = server
	network, at, err := wire.Postgres(server.DSN())
	if err == nil {
		s.toPostgres.Lead(network, at)
	}
	return err
}

// close ends everything; what is in the folder goes unless somebody wants to look.
func (s *stage) close() {
	for _, r := range s.replicas {
		r.kill()
	}
	for _, one := range s.nats {
		one.kill()
		one.wire.Close()
	}
	for _, end := range s.closes {
		end()
	}
	if s.entry != nil {
		s.entry.close()
	}
	if s.toProvider != nil {
		s.toProvider.Close()
	}
	if s.sim != nil {
		s.sim.Close()
	}
	if s.toPostgres != nil {
		s.toPostgres.Close()
	}
	if s.db != nil {
		_ = s.db.Close()
	}
	if s.postgres != nil {
		soon, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = s.postgres.Stop(soon)
	}
}

// clear takes the folder away.
func (s *stage) clear() error {
	if s.dir == "" {
		return errors.New("there is no folder")
	}
	return os.RemoveAll(s.dir)
}
