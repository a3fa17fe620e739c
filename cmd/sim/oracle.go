package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"ringback/channels"
)

// oracle is what the game knows by itself: what it told, what was acknowledged,
// what the provider took, and what has been seen of decisions and deliveries.
// From that, and not from the gateway's own tables, follows what may not be.
type oracle struct {
	outcome  Outcome
	trouble  *Trouble // of the step under way, until it is given to a replica
	troubled bool     // whether the step has any
	broken   *Broken  // the first thing that broke in it

	told  []*told
	names map[string]*told // by the provider's name of the event
	calls int
	turns int
	one   [customers + 2]int // who each customer is, after merging

	lastDecision string
	decisions    map[string]*decision // by id
	waiting      []string             // ids of the deferred
	deliveries   map[string]*delivery // by id
	lastSeq      map[string]int64     // the newest that was taken, by from and to
	stopped      map[string]bool      // who opted out, by team or sender, and customer
	sent         map[string][]time.Time
	hour         map[string]int
	merged       map[int]bool
}

// told is something the provider tells, once or often.
type told struct {
	channels.Event
	customer     int
	acknowledged bool
	turn         int  // when it was written down, among all; 0: it was not, or nobody knows when
	unsure       bool // a request of it failed, and may have been heard all the same
	decided      bool
}

func newOracle() oracle {
	o := oracle{
		names: map[string]*told{}, decisions: map[string]*decision{}, deliveries: map[string]*delivery{}, lastSeq: map[string]int64{},
		stopped: map[string]bool{}, sent: map[string][]time.Time{}, hour: map[string]int{}, merged: map[int]bool{},
		lastDecision: "00000000-0000-0000-0000-000000000000",
	}
	for n := range o.one {
		o.one[n] = n
	}
	return o
}

// tell keeps an event that the provider has to tell.
func (o *oracle) tell(e channels.Event, customer int) *told {
	if known, ok := o.names[e.ProviderID]; ok { // a status that was told before
		return known
	}
	t := &told{Event: e, customer: customer}
	o.told, o.names[e.ProviderID] = append(o.told, t), t
	return t
}

func (o *oracle) breaks(property, format string, args ...any) {
	if o.broken == nil {
		o.broken = &Broken{Property: property, Detail: fmt.Sprintf(format, args...)}
	}
}

// first is the first property that broke in this step, or nil.
func (o *oracle) first() error {
	if o.broken == nil {
		return nil
	}
	return o.broken
}

// oneOf notes that two customers are one person from now on.
func (o *oracle) oneOf(a, b int) {
	from, into := o.one[a], o.one[b]
	if from == into {
		return
	}
	for n := range o.one {
		if o.one[n] == from {
			o.one[n] = into
		}
	}
	o.merged[into] = true
	suffix := fmt.Sprintf(" %d", from)
	for key, yes := range o.stopped {
		if where, ok := strings.CutSuffix(key, suffix); ok && yes {
			o.stopped[fmt.Sprintf("%s %d", where, into)] = true
		}
	}
}

func (o *oracle) key(where string, customer int) string {
	return fmt.Sprintf("%s %d", where, o.one[customer])
}

// customer is who has the number.
func customer(number string) int {
	for n := 1; n <= customers; n++ {
		if phone(n) == number {
			return n
		}
	}
	return customers + 1
}

// complain hears what the gateway logs as an error while nothing troubles it.
type complain struct{ w *world }

func (c complain) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }
func (c complain) WithAttrs([]slog.Attr) slog.Handler               { return c }
func (c complain) WithGroup(string) slog.Handler                    { return c }

func (c complain) Handle(_ context.Context, r slog.Record) error {
	detail := r.Message
	r.Attrs(func(a slog.Attr) bool { detail += " " + a.String(); return true })
	if !c.w.troubled {
		c.w.breaks("no fault of our own", "%s", detail)
	}
	return nil
}

// take is the provider taking a message: what it is given may not be wrong.
func (w *world) take(m channels.Outgoing) string {
	p := w.provider
	p.copies[m.Delivery]++
	id := fmt.Sprintf("SM%d", len(p.taken)+1)
	p.taken = append(p.taken, taken{delivery: m.Delivery, id: id, from: m.From, to: m.To, at: w.clock.Now()})
	d := w.deliveries[m.Delivery]
	if d == nil {
		w.breaks("only what was queued is sent", "a message to %d", customer(m.To))
		return id
	}
	w.note("  the provider takes %s as %s", d.name, id)
	if n := p.copies[m.Delivery]; n > 1 {
		if n > 1+p.blind[m.Delivery]/2 { // two look-ups that see nothing excuse one more
			w.breaks("a message is sent once", "the provider took %s %d times", d.name, n)
		}
		return id
	}
	if made := w.decisions[d.Decision]; made != nil && w.stopped[w.key(made.Team, customer(m.To))] {
		w.breaks("nothing leaves after STOP", "%s goes to customer %d, who said STOP", d.name, customer(m.To))
	}
	lane := m.From + " " + m.To
	if d.Seq < w.lastSeq[lane] {
		w.breaks("order is kept to one person", "%s goes after a younger one", d.name)
	}
	w.lastSeq[lane] = d.Seq
	return id
}
