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
	holdingNATS    sync.Mutex // and the spool's servers
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

// watch has a replica that ends by itself be started again, as a service manager does.
func (c *campaign) watch() {
	for _, r := range c.replicas {
		r.ended = func(err error) {
			if r.hasBegun() {
				c.breaks("a replica ends when it is told to", "%s ended by itself: %v; its log says why: %s", r.name, err, r.log)
			}
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
