package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/simulator/twilio"
)

// spool is where replicas keep what they acknowledge while Postgres is away.
type spool string

const (
	folder spool = "folder" // each in one of its own
	onNATS spool = "nats"   // all on three NATS servers
)

// fault is a way in which things go wrong. Play begins it, lets it last, ends it, and
// says how often it happened.
type fault struct {
	name, what string
	play       func(ctx context.Context, c *campaign, luck *rand.Rand) (times int, err error)
	full       bool  // meanwhile a door may say that there is no room
	spool      spool // that it is played with; empty: any
	late       bool  // what leaves meanwhile may arrive much later
	lone       bool  // played with no other
}

var faults = []fault{
	{name: "kill", what: "kill -9 of a replica, which is started again", play: kills},
	{name: "kill-all", what: "kill -9 of all replicas at once", play: killsAll},
	{name: "postgres-stop", what: "an immediate stop of Postgres, as by a power cut", play: stopsPostgres},
	{name: "storm", what: "all connections to Postgres are ended by it (pg_terminate_backend)", play: storms},
	{name: "postgres-cut", what: "the network to Postgres is cut", play: cutsPostgres},
	{name: "postgres-slow", what: "the network to Postgres is slow", play: slowsPostgres},
	{name: "postgres-silent", what: "the network to Postgres is silent", play: silencesPostgres},
	{name: "lock", what: "somebody locks the table of events, or of deliveries", play: locks},
	{name: "connections", what: "somebody else has all of Postgres's connections", play: connections},
	{name: "freeze", what: "a replica stands still (SIGSTOP) and goes on", play: freezes},
	{name: "term", what: "SIGTERM of a replica under load, which is started again", play: terms},
	{name: "provider-429", what: "the provider says that it is too much", play: provider(twilio.Fault{On: "any", Status: http.StatusTooManyRequests, RetryAfter: time.Second})},
	{name: "provider-500", what: "the provider fails, having taken half of the messages", play: providerHalf(twilio.Fault{Status: http.StatusInternalServerError})},
	{name: "provider-hang", what: "the provider does not answer", play: provider(twilio.Fault{Hang: true})},
	{name: "provider-takes", what: "the provider takes messages and does not answer", play: provider(twilio.Fault{Hang: true, Taken: true})},
	{name: "provider-closes", what: "the provider closes the connection, having taken half of the messages", play: providerHalf(twilio.Fault{Close: true})},
	{name: "provider-down", what: "the provider is down", play: providerDown},
	{name: "provider-silent", what: "the network to the provider is silent", play: silencesProvider, late: true},
	{name: "provider-slow", what: "the network to the provider is slow", play: slowsProvider, late: true},
	{name: "spool-limit", what: "Postgres is away until spools are at their limit", play: fillsSpool, full: true, lone: true},
	{name: "disk-full", what: "Postgres is away, and the disks with the spools are full", play: fillsDisk, full: true, lone: true, spool: folder},
	{name: "postgres-full", what: "Postgres's disk is full", play: fillsPostgres, lone: true},
	{name: "clocks", what: "one replica's clock is ten minutes fast, another's as much slow", play: misleadsClocks, lone: true},
	{name: "upgrade", what: "replica by replica, another version takes over, and back", play: upgrades, lone: true},
	{name: "nats-kill", what: "kill -9 of one of the spool's three NATS servers, which is started again", play: killsNATS, spool: onNATS},
	{name: "nats-freeze", what: "Postgres is away, and the NATS server that leads the stream stands still (SIGSTOP) and wakes", play: freezesNATS, spool: onNATS},
	{name: "nats-cut", what: "Postgres is away, and the network between one of the NATS servers and the two others is cut", play: cutsNATS, spool: onNATS},
	{name: "nats-apart", what: "the networks between all three NATS servers are cut, so that none may keep anything", play: partsNATS, spool: onNATS, lone: true},
	{name: "nats-slow", what: "Postgres is away, and the networks between the NATS servers are slow", play: slowsNATS, spool: onNATS},
	{name: "nats-stop-all", what: "all three NATS servers are away", play: stopsNATS, spool: onNATS, lone: true},
	{name: "nothing-keeps", what: "Postgres is away, and then all three NATS servers", play: stopsAllThatKeep, spool: onNATS, full: true, lone: true},
	{name: "machine-lost", what: "Postgres is away, and a replica and a NATS server are gone with their disks; new ones start empty", play: losesMachine, spool: onNATS, lone: true},
}

// instead says why a fault is not played with a spool.
func (f fault) instead() string {
	if f.spool == onNATS {
		return "it takes `-spool nats`"
	}
	return "the spool is no folder"
}

// chosen are the faults of a list of names that can be played with a spool; empty: all
// that can. Skipped says of each other one why not.
func chosen(names string, with spool) (some []fault, skipped map[string]string, err error) {
	fits := func(f fault) bool { return f.spool == "" || f.spool == with }
	skipped = map[string]string{}
	if names == "" {
		for _, f := range faults {
			if !fits(f) {
				skipped[f.name] = f.instead()
				continue
			}
			some = append(some, f)
		}
		return some, skipped, nil
	}
	for name := range strings.SplitSeq(names, ",") {
		at := slices.IndexFunc(faults, func(f fault) bool { return f.name == strings.TrimSpace(name) })
		if at < 0 {
			return nil, nil, fmt.Errorf("there is no fault %q", name)
		}
		if !fits(faults[at]) {
			return nil, nil, fmt.Errorf("%s cannot be played: %s", name, faults[at].instead())
		}
		some = append(some, faults[at])
	}
	return some, skipped, nil
}

// between is how long something lasts.
func (c *campaign) between(luck *rand.Rand, least, most time.Duration) time.Duration {
	return time.Duration(c.part * float64(least+time.Duration(luck.Int64N(int64(most-least)))))
}

// lasts waits, unless the campaign is broken off.
func lasts(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// kills kills one after the other, whichever is ready while another is.
func kills(ctx context.Context, c *campaign, luck *rand.Rand) (n int, err error) {
	for range c.scaled(12) {
		if ctx.Err() != nil {
			break
		}
		if err := c.withOne(luck, func(r *replica) error {
			r.kill()
			n++
			lasts(ctx, c.between(luck, 0, 300*time.Millisecond))
			return r.start()
		}); err != nil {
			return n, err
		}
		lasts(ctx, c.between(luck, 200*time.Millisecond, 1200*time.Millisecond))
	}
	return n, nil
}

func killsAll(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return len(c.replicas), c.withAll(func() error {
		for _, r := range c.replicas {
			r.kill()
		}
		lasts(ctx, c.between(luck, 0, time.Second))
		for _, r := range c.replicas {
			if err := r.start(); err != nil {
				return err
			}
		}
		return nil
	})
}

func stopsPostgres(ctx context.Context, c *campaign, luck *rand.Rand) (n int, err error) {
	for range c.scaled(3) {
		if ctx.Err() != nil {
			break
		}
		c.stopPostgres()
		n++
		lasts(ctx, c.between(luck, 0, 3*time.Second))
		if err := c.startPostgres(context.WithoutCancel(ctx)); err != nil {
			return n, err
		}
		lasts(ctx, c.between(luck, 500*time.Millisecond, 3*time.Second))
	}
	return n, nil
}

// storms ends all connections but those that are asked for by hand.
func storms(ctx context.Context, c *campaign, luck *rand.Rand) (n int, err error) {
	for range c.scaled(6) {
		if ctx.Err() != nil {
			break
		}
		_, _ = c.db.ExecContext(ctx, `select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`)
		n++
		lasts(ctx, c.between(luck, 50*time.Millisecond, 1500*time.Millisecond))
	}
	return n, nil
}

func cutsPostgres(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	c.toPostgres.Cut(true)
	lasts(ctx, c.between(luck, 500*time.Millisecond, 8*time.Second))
	c.toPostgres.Cut(false)
	return 1, nil
}

func slowsPostgres(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	c.toPostgres.Slow(c.between(luck, 10*time.Millisecond, 250*time.Millisecond))
	lasts(ctx, c.between(luck, 3*time.Second, 8*time.Second))
	c.toPostgres.Slow(0)
	return 1, nil
}

func silencesPostgres(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	end := c.toPostgres.Silence()
	lasts(ctx, c.between(luck, time.Second, 12*time.Second))
	end()
	return 1, nil
}

// locks has somebody hold what the gateway needs.
func locks(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	table := []string{"events", "deliveries", "contacts", "paces"}[luck.IntN(4)]
	soon, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	tx, err := c.db.Beginx()
	if err != nil {
		return 0, nil //nolint:nilerr // another fault has the database away
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(soon, `lock table `+table+` in access exclusive mode`); err != nil {
		return 0, nil //nolint:nilerr // it could not be had
	}
	lasts(ctx, c.between(luck, time.Second, 8*time.Second))
	return 1, nil
}

// connections has all that are left, and a transaction open on each.
func connections(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	other, err := sqlx.Open("postgres", c.postgres.DSN())
	if err != nil {
		return 0, err
	}
	defer other.Close()
	// Ours are ended first, so that somebody else may have theirs too.
	_, _ = c.db.ExecContext(ctx, `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`)
	var open []*sqlx.Tx
	for len(open) < 100 {
		soon, cancel := context.WithTimeout(ctx, time.Second)
		tx, err := other.BeginTxx(soon, nil)
		_ = cancel // the transaction would end with it
		if err != nil {
			cancel()
			break
		}
		open = append(open, tx)
	}
	lasts(ctx, c.between(luck, time.Second, 8*time.Second))
	for _, tx := range open {
		_ = tx.Rollback()
	}
	return 1, nil
}

func freezes(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	return 1, c.withOne(luck, func(r *replica) error {
		thaw := r.freeze()
		defer thaw()
		lasts(ctx, c.between(luck, c.frozen/4*3, c.frozen))
		return nil
	})
}

func terms(ctx context.Context, c *campaign, luck *rand.Rand) (n int, err error) {
	for range c.scaled(3) {
		if ctx.Err() != nil {
			break
		}
		if err := c.withOne(luck, func(r *replica) error {
			n++
			if err := r.end(); err != nil {
				c.breaks("an orderly stop is one", "%v", err)
			}
			return r.start()
		}); err != nil {
			return n, err
		}
		lasts(ctx, c.between(luck, 100*time.Millisecond, time.Second))
	}
	return n, nil
}

// provider has all its answers go wrong for a while.
func provider(f twilio.Fault) func(context.Context, *campaign, *rand.Rand) (int, error) {
	return func(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
		c.sim.Fault(f)
		lasts(ctx, c.between(luck, time.Second, 6*time.Second))
		c.sim.ClearFaults()
		return 1, nil
	}
}

// providerHalf has it take half of what goes wrong.
func providerHalf(f twilio.Fault) func(context.Context, *campaign, *rand.Rand) (int, error) {
	return func(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
		end := time.Now().Add(c.between(luck, 2*time.Second, 6*time.Second))
		for n := 0; ctx.Err() == nil && time.Now().Before(end); n++ {
			one := f
			one.Taken, one.Times = n%2 == 0, 3
			c.sim.Fault(one)
			lasts(ctx, 100*time.Millisecond)
		}
		c.sim.ClearFaults()
		return 1, nil
	}
}

func providerDown(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	c.sim.Down(true)
	lasts(ctx, c.between(luck, time.Second, 6*time.Second))
	c.sim.Down(false)
	return 1, nil
}

func silencesProvider(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	end := c.toProvider.Silence()
	lasts(ctx, c.between(luck, 2*time.Second, 10*time.Second))
	end()
	return 1, nil
}

// slowest is how much the network to the provider delays at the most, each way.
const slowest = 2 * time.Second

func slowsProvider(ctx context.Context, c *campaign, luck *rand.Rand) (int, error) {
	c.toProvider.Slow(c.between(luck, 200*time.Millisecond, slowest))
	lasts(ctx, c.between(luck, 3*time.Second, 8*time.Second))
	c.toProvider.Slow(0)
	return 1, nil
}
