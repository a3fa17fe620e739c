package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/cmd/app"
	"ringback/cmd/chaos/audit"
)

// campaign is one fault after the other.
type campaign struct {
	*bed
	luck     *rand.Rand
	tallies  map[string]*tally
	findings []finding
	facts    audit.Facts
	lasted   time.Duration
	changes  int // of the primary
}

// finding is something that may not be, and what was going on when it was seen.
type finding struct {
	audit.Finding
	during string
}

// tally is what became of one fault's episodes.
type tally struct {
	times, failovers int
	without          []time.Duration // from the fault until a new primary, where there was one
	commits          []time.Duration // from then until that one has a standby for what it commits
	caughtUp         []time.Duration // from a new primary until nothing waits
}

func (c *campaign) breaks(during, property, format string, args ...any) {
	f := finding{audit.Finding{Property: property, Detail: fmt.Sprintf(format, args...)}, during}
	c.findings = append(c.findings, f)
	said("          BROKEN %s: %s", f.Property, f.Detail)
}

// watch follows who is primary.
type watch struct {
	mu      sync.Mutex
	is      *machine // the last one
	since   time.Time
	changed int
}

func (b *bed) watch(ctx context.Context, begun *machine) *watch {
	w := &watch{is: begun, since: time.Now()}
	go func() {
		for ctx.Err() == nil {
			if m := b.primary(ctx); m != nil {
				w.mu.Lock()
				if m != w.is {
					w.is, w.since, w.changed = m, time.Now(), w.changed+1
				}
				w.mu.Unlock()
			}
			lasts(ctx, 100*time.Millisecond)
		}
	}()
	return w
}

func (w *watch) get() (since time.Time, changed int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.since, w.changed
}

func (w *watch) primary() *machine {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.is
}

// first is the first moment after the last change of primary at which something holds of
// it. It is asked by connections of its own: those that were open lead to who was before.
func (b *bed) first(ctx context.Context, w *watch, holds func(context.Context, *sqlx.DB) bool) <-chan time.Time {
	when := make(chan time.Time, 1)
	go func() {
		for ctx.Err() == nil {
			if since, changed := w.get(); changed > 0 {
				db, err := app.Connect(b.dsnOf(w.primary().address))
				ok := err == nil && holds(ctx, db)
				if err == nil {
					_ = db.Close()
				}
				if again, _ := w.get(); ok && again == since {
					when <- time.Now()
					return
				}
			}
			lasts(ctx, 100*time.Millisecond)
		}
	}()
	return when
}

// commits writes something that stands nowhere, and waits until a standby has it: before
// there is one, Postgres takes nothing.
func commits(ctx context.Context, db *sqlx.DB) bool {
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := db.ExecContext(soon, `select pg_logical_emit_message(true, 'cluster', 'a commit')`)
	return err == nil
}

// calm is how long the oldest thing may have waited when the rate is there again.
const calm = time.Second

// episode plays one fault and waits until all is whole again.
func (c *campaign) episode(ctx context.Context, f fault) error {
	before, err := c.leads(ctx)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	w, began := c.watch(watching, before), time.Now()
	commits, caught := c.first(watching, w, commits), c.first(watching, w, worked)
	if err := f.do(ctx, c.bed, c.luck); err != nil && ctx.Err() == nil {
		c.breaks(f.name, "the cluster does what the fault is about", "%v", err)
	}
	if err := c.untilHealthy(ctx, 3*time.Minute); err != nil && ctx.Err() == nil {
		c.breaks(f.name, "the cluster becomes whole", "%v", err)
	}
	if err := c.untilServing(ctx, time.Minute, c.machines...); err != nil && ctx.Err() == nil {
		c.breaks(f.name, "the gateways come back", "%v", err)
	}
	t := c.tallies[f.name]
	if t == nil {
		t = &tally{}
		c.tallies[f.name] = t
	}
	t.times++
	since, changed := w.get()
	if changed > 0 {
		t.failovers += changed
		c.changes += changed
		t.without = append(t.without, since.Sub(began))
		select {
		case at := <-commits:
			t.commits = append(t.commits, max(0, at.Sub(since)))
		case <-time.After(30 * time.Second):
			c.breaks(f.name, "the new primary commits", "not half a minute after all is whole")
		case <-ctx.Done():
		}
		select {
		case at := <-caught:
			t.caughtUp = append(t.caughtUp, max(0, at.Sub(since)))
		case <-time.After(30 * time.Second):
			c.breaks(f.name, "what waited is worked up", "not half a minute after all is whole")
		case <-ctx.Done():
		}
	}
	if err := until(ctx, time.Minute, "nothing waits", func(ctx context.Context) bool { return worked(ctx, c.db) }); err != nil && ctx.Err() == nil {
		c.breaks(f.name, "what waited is worked up", "%v", err)
	}
	return ctx.Err()
}

// worked: nothing has waited for long in the database.
func worked(ctx context.Context, db *sqlx.DB) bool {
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, waits, err := audit.Waiting(soon, db)
	return err == nil && waits < calm
}

// play goes through the faults, in an order that luck gives, until the time is over.
func (c *campaign) play(ctx context.Context, these []fault, d time.Duration) error {
	ends := time.Now().Add(d)
	begun := time.Now()
	loading, stop := context.WithCancel(ctx)
	defer stop()
	var done sync.WaitGroup
	done.Go(func() { c.load.Run(loading) })
	lasts(ctx, 5*time.Second)
	for time.Now().Before(ends) && ctx.Err() == nil {
		order := slices.Clone(these)
		c.luck.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, f := range order {
			if time.Now().After(ends) || ctx.Err() != nil {
				break
			}
			said("%s  %s", time.Now().Format("15:04:05"), f.name)
			if err := c.episode(ctx, f); err != nil {
				break
			}
			t := c.tallies[f.name]
			last := func(of []time.Duration) time.Duration {
				if len(of) == 0 {
					return 0
				}
				return of[len(of)-1].Round(100 * time.Millisecond)
			}
			said("          new primary after %s, which commits after %s and has worked up after %s; %d changes of primary so far, %d findings", last(t.without), last(t.commits), last(t.caughtUp), c.changes, len(c.findings))
		}
	}
	stop()
	done.Wait()
	c.lasted = time.Since(begun)
	return c.audit(context.WithoutCancel(ctx))
}

// audit compares, when all that was told is acknowledged and nothing is due.
func (c *campaign) audit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	if err := c.load.Settle(ctx); err != nil {
		c.breaks("", "all that is told is acknowledged", "%v", err)
	}
	gateways := map[string]string{}
	for _, m := range c.machines {
		gateways[m.name] = "http://" + m.address + ":8080"
	}
	left, err := audit.Place{DB: c.db, Messages: c.sim.Messages, Gateways: gateways}.Rest(ctx)
	if err != nil {
		return err
	}
	if left != "" {
		c.breaks("", "all is done in the end", "%s", left)
	}
	lasts(ctx, 2*time.Second)
	found, facts, err := audit.Look(ctx, c.db, c.teams, c.sim.Messages(), c.load.Told())
	for err != nil && ctx.Err() == nil { // a machine that is busy with others may take longer than a statement may
		said("          the audit is tried again: %v", err)
		lasts(ctx, 5*time.Second)
		found, facts, err = audit.Look(ctx, c.db, c.teams, c.sim.Messages(), c.load.Told())
	}
	c.facts = facts
	for _, f := range found {
		c.findings = append(c.findings, finding{f, ""})
	}
	for _, words := range c.load.Faults() {
		c.breaks("", "the doors refuse nothing that is right", "%s", words)
	}
	return err
}
