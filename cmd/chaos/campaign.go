package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"ringback/cmd/chaos/audit"
)

// campaign is faults on a stage, chosen by a seed.
type campaign struct {
	*stage
	binary, before string
	fast, slow     string // whose clocks are wrong
	first          bool   // end with what is found first
	out            io.Writer
	frozen         time.Duration
	part           float64 // of a fault's times and lengths, for a short campaign
	luck           *rand.Rand
	holding        sync.Mutex // replicas, by one fault at a time
	mu             sync.Mutex
	tallies        map[string]*tally
	findings       []finding
	allowedFull    []span
	disturbed      []span
	late           []audit.Span
	facts          audit.Facts
	began          time.Time
	lasted         time.Duration
	skipped        map[string]string
}

// tally is what is told of one fault.
type tally struct {
	episodes, times   int
	worst, sum        time.Duration // until the doors have their rate again
	settled           time.Duration // the worst until nothing waited any more
	notBack, measured int
}

type finding struct {
	audit.Finding
	during string
}

type span struct {
	from, to time.Time
	name     string
}

func (c *campaign) scaled(n int) int { return max(1, int(float64(n)*c.part+0.5)) }

func (c *campaign) breaks(property, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, finding{audit.Finding{Property: property, Detail: fmt.Sprintf(format, args...)}, ""})
	fmt.Fprintf(c.out, "  BROKEN %s: %s\n", property, fmt.Sprintf(format, args...))
}

// withOne has one replica do something while another is ready, and nobody else touch
// any.
func (c *campaign) withOne(luck *rand.Rand, do func(*replica) error) error {
	c.holding.Lock()
	defer c.holding.Unlock()
	at := luck.IntN(len(c.replicas))
	for wait := 0; wait < 200; wait++ { // until another could answer
		ready := 0
		for n := range c.replicas {
			if n != at && c.entry.isReady(n) {
				ready++
			}
		}
		if ready > 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return do(c.replicas[at])
}

func (c *campaign) withAll(do func() error) error {
	c.holding.Lock()
	defer c.holding.Unlock()
	return do()
}

// play has one episode after the other until the time is over: one fault, or two at
// once, and then a while for all to be well again.
func (c *campaign) play(ctx context.Context, all []fault, until time.Time) error {
	var order []int
	for ctx.Err() == nil && time.Now().Before(until) {
		if len(order) == 0 {
			order = c.luck.Perm(len(all))
		}
		together := []fault{all[order[0]]}
		order = order[1:]
		if second := all[c.luck.IntN(len(all))]; c.luck.IntN(3) == 0 && !second.lone && !together[0].lone && second.name != together[0].name {
			together = append(together, second)
		}
		if err := c.episode(ctx, together); err != nil {
			return err
		}
		if c.first && c.brokenAlready(ctx) {
			return nil
		}
	}
	return nil
}

// episode plays faults side by side and waits until all is well again.
func (c *campaign) episode(ctx context.Context, together []fault) error {
	var names []string
	for _, f := range together {
		names = append(names, f.name)
	}
	name := strings.Join(names, "+")
	from := time.Now()
	if err := c.goWrong(ctx, together); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	to := time.Now()
	doors, settled, ok := c.recovers(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.disturbed = append(c.disturbed, span{from, time.Now(), name})
	for _, f := range together {
		if f.full {
			c.allowedFull = append(c.allowedFull, span{from, time.Now(), f.name})
		}
		t := c.tally(f.name)
		t.measured++
		t.worst, t.sum, t.settled = max(t.worst, doors), t.sum+doors, max(t.settled, settled)
		if !ok {
			t.notBack++
		}
	}
	state := ""
	if !ok {
		state = ", NOT BACK"
	}
	fmt.Fprintf(c.out, "%s %-34s %5.1f s, doors back after %.1f s, all worked up after %.1f s%s\n", from.UTC().Format("15:04:05.0"), name,
		to.Sub(from).Seconds(), doors.Seconds(), settled.Seconds(), state)
	return nil
}

// goWrong plays faults side by side.
func (c *campaign) goWrong(ctx context.Context, together []fault) error {
	var playing sync.WaitGroup
	failed := make([]error, len(together))
	for n, f := range together {
		luck := rand.New(rand.NewPCG(c.luck.Uint64(), 0)) //nolint:gosec // the same each time
		playing.Go(func() {
			from := time.Now()
			times, err := f.play(ctx, c, luck)
			c.mu.Lock()
			defer c.mu.Unlock()
			if f.late {
				c.late = append(c.late, audit.Span{From: from, To: time.Now().Add(2 * slowest)})
			}
			if errors.Is(err, errNoDisk) {
				c.skipped[f.name], err = err.Error(), nil
				return
			}
			c.tally(f.name).episodes++
			c.tally(f.name).times += times
			failed[n] = err
		})
	}
	playing.Wait()
	return errors.Join(failed...)
}

// tally is a fault's; the caller holds c.mu.
func (c *campaign) tally(name string) *tally {
	if c.tallies[name] == nil {
		c.tallies[name] = &tally{}
	}
	return c.tallies[name]
}

// What is waited for after a fault: that of two seconds' requests so many are
// acknowledged, and that nothing waits which nobody holds back.
const (
	share     = 0.95
	patience  = 30 * time.Second
	whileWell = 2 * time.Second
	fresh     = time.Second
	slow      = 5 * time.Second // after which it is said what waits
)

// recovers measures how long it takes until all is well again.
func (c *campaign) recovers(ctx context.Context) (doors, settled time.Duration, ok bool) {
	end := time.Now()
	doors, settled = -1, -1
	said := false
	for tick := time.NewTicker(200 * time.Millisecond); time.Since(end) < patience && ctx.Err() == nil; <-tick.C {
		now := time.Now()
		if doors < 0 {
			if s := c.load.Between(now.Add(-whileWell), now); now.Sub(end) >= whileWell && float64(s.Acknowledged) >= share*float64(s.Begun) {
				doors = now.Sub(end) - whileWell
			}
		}
		if settled < 0 {
			soon, cancel := context.WithTimeout(ctx, time.Second)
			what, waiting, err := audit.Waiting(soon, c.db)
			cancel()
			if now.Sub(end) > slow && !said && err == nil && waiting >= fresh {
				fmt.Fprintf(c.out, "  %s still waits, for %s\n", what, waiting.Round(time.Millisecond))
				said = true
			}
			if err == nil && waiting < fresh {
				settled = now.Sub(end)
			}
		}
		if doors >= 0 && settled >= 0 {
			return doors, settled, true
		}
	}
	if doors < 0 {
		doors = time.Since(end)
	}
	if settled < 0 {
		settled = time.Since(end)
	}
	return doors, settled, false
}

// What the end is given: for the load to be acknowledged, and for the gateways to do
// all that is left.
const (
	toTell   = 2 * time.Minute
	toSettle = 3 * time.Minute
)

// brokenAlready looks for what is wrong whatever may still come: a doubled message, one
// after a STOP, and what was lost, when no spool holds anything that could be it.
func (c *campaign) brokenAlready(ctx context.Context) bool {
	lasts(ctx, whileWell)
	told := c.load.Told()
	lasts(ctx, whileWell)
	found, _, err := audit.Look(ctx, c.db, c.teams, c.sim.Messages(), told, c.late...)
	if err != nil {
		return false
	}
	for _, f := range found {
		if final[f.Property] {
			fmt.Fprintf(c.out, "  found: %s: %s\n", f.Property, f.Detail)
			return true
		}
	}
	return false
}

// final are properties that, once they are broken, stay so.
var final = map[string]bool{
	"a message is sent once": true, "nothing is sent after a STOP": true, "a message stands once on the timeline": true,
	"an event has one decision": true, "nothing acknowledged is lost": true, "what is acknowledged is kept": true,
}

// audit lets everything come to rest and looks.
func (c *campaign) audit(ctx context.Context) error {
	telling, cancel := context.WithTimeout(ctx, toTell)
	defer cancel()
	if err := c.load.Settle(telling); err != nil {
		c.breaks("everything is acknowledged in the end", "%v", err)
	}
	settling, cancel := context.WithTimeout(ctx, toSettle)
	defer cancel()
	if _, err := audit.Settled(settling, c.db); err != nil {
		return err
	}
	for n := 0; n < 100 && !c.allTold(); n++ {
		lasts(settling, 300*time.Millisecond)
	}
	left, err := audit.Settled(settling, c.db)
	if err != nil {
		return err
	}
	if left > 0 {
		fmt.Fprintf(c.out, "%d things are left to do\n", left)
	}
	found, facts, err := audit.Look(ctx, c.db, c.teams, c.sim.Messages(), c.load.Told(), c.late...)
	if err != nil {
		return err
	}
	c.facts = facts
	for _, f := range found {
		c.findings = append(c.findings, finding{Finding: f})
	}
	for _, f := range c.load.Faults() {
		c.findings = append(c.findings, finding{Finding: audit.Finding{Property: "a door takes what is right", Detail: f}})
	}
	c.lookAtRefusals()
	return nil
}

// allTold reports whether the provider has told the end of every message.
func (c *campaign) allTold() bool {
	for _, m := range c.sim.Messages() {
		if m.Status != "delivered" {
			return false
		}
	}
	return true
}

// lookAtRefusals: no replica answers a provider with a 5xx. One that was asked while it
// was ready may only say that it has no room, while it has none.
func (c *campaign) lookAtRefusals() {
	c.entry.mu.Lock()
	defer c.entry.mu.Unlock()
	for _, r := range c.entry.refused {
		if r.full && within(c.allowedFull, r.at) != "" {
			continue
		}
		c.findings = append(c.findings, finding{audit.Finding{
			Property: "no provider hears a 5xx", Detail: fmt.Sprintf("%s from %s at %s: %d %s", r.path, r.replica, r.at.UTC().Format("15:04:05.000"), r.status, r.words),
		}, within(c.disturbed, r.at)})
	}
}

func within(spans []span, at time.Time) string {
	for _, s := range spans {
		if !at.Before(s.from) && !at.After(s.to) {
			return s.name
		}
	}
	return ""
}

// watch has a replica that ends by itself be started again, as a service manager does.
func (c *campaign) watch() {
	for _, r := range c.replicas {
		r.ended = func(err error) {
			c.breaks("a replica ends when it is told to", "%s ended by itself: %v; its log says why: %s", r.name, err, r.log)
			go func() {
				c.holding.Lock()
				defer c.holding.Unlock()
				if !r.sent.Load() {
					_ = r.start()
				}
			}()
		}
	}
}

// begin starts the load, and returns what ends it.
func (c *campaign) begin(ctx context.Context) (end func()) {
	c.watch()
	loading, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { c.load.Run(loading); close(done) }()
	c.began = time.Now()
	return func() {
		stop()
		<-done
		c.lasted = time.Since(c.began)
	}
}
