package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"ringback/channels"
)

// oracle is what the game knows by itself: what it told, what was acknowledged,
// what the provider took, and what has been seen of decisions and deliveries.
// From that, and not from the gateway's own tables, follows what may not be.
type oracle struct {
	outcome  Outcome
	strict   bool     // what is not held yet counts as well
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

// notHeldYet are properties that the gateway is meant to have and has not. They
// are looked for with -strict alone.
var notHeldYet = map[string]bool{
	"a person's messages are handled in turn": true, // one that was put off lets the younger ones pass
}

func (o *oracle) breaks(property, format string, args ...any) {
	if notHeldYet[property] && !o.strict {
		return
	}
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

type decision struct {
	ID         string
	Event      string
	Kind       string
	Automation string
	Outcome    string
	Reason     string
	Delivery   string
	Team       string
	Phone      string
	Sender     string
}

const newDecisions = `
select d.id, coalesce(e.provider_id, '') as event, d.event_kind as kind, coalesce(d.automation, '') as automation, d.outcome, d.reason,
    coalesce(d.delivery_id::text, '') as delivery, d.team_id as team, coalesce(e.sender_id::text, '') as sender,
    coalesce((select min(address) from addresses a where a.company_id = $1 and a.contact_id = d.contact_id and a.kind = 'phone'), '') as phone
from decisions d left join events e on e.company_id = $1 and e.id = d.event_id
where d.company_id = $1 and (d.id > $2 or d.id = any($3::uuid[]))
order by d.id`

type delivery struct {
	ID       string
	Seq      int64
	State    channels.State
	Decision string
	From     string
	To       string
	name     string
}

const newDeliveries = `
select id, seq, state, coalesce(decision_id::text, '') as decision, from_address as "from", to_address as "to"
from deliveries where company_id = $1 and updated_at >= $2
order by seq`

// observe looks at what the step changed.
func (w *world) observe(ctx context.Context, since time.Time) error {
	var decided []*decision
	if err := w.db.SelectContext(ctx, &decided, newDecisions, w.company, w.lastDecision, ids(w.waiting)); err != nil {
		return err
	}
	for _, d := range decided {
		w.decided(d)
	}
	var moved []*delivery
	if err := w.db.SelectContext(ctx, &moved, newDeliveries, w.company, since); err != nil {
		return err
	}
	for _, d := range moved {
		w.moved(d)
	}
	return w.first()
}

// decided takes notice of a decision, or of the last word of one that waited.
func (w *world) decided(d *decision) {
	before := w.decisions[d.ID]
	if before != nil && before.Outcome == d.Outcome {
		return
	}
	if before != nil && before.Outcome != "deferred" {
		w.breaks("a decision stands", "on %s: it was %s and is %s", d.Event, before.Outcome, d.Outcome)
	}
	w.decisions[d.ID] = d
	if d.ID > w.lastDecision {
		w.lastDecision = d.ID
	}
	w.waiting = slices.DeleteFunc(w.waiting, func(id string) bool { return id == d.ID })
	if d.Outcome == "deferred" {
		w.waiting = append(w.waiting, d.ID)
	}
	who := customer(d.Phone)
	w.note("  %s: %s %s %s, to %d", w.eventName(d), d.Outcome, d.Automation, d.Reason, who)
	if d.Reason == "" {
		w.breaks("a decision has a reason", "on %s", d.Event)
	}
	if d.Outcome == "sent" {
		w.replied(d, who)
	}
	if told := w.names[d.Event]; told != nil && told.Message != nil {
		w.inTurn(told)
		if d.Reason != "internal_error" {
			w.heard(d, told)
		}
	}
}

// inTurn holds that nothing that the person wrote before still waits.
func (w *world) inTurn(t *told) {
	t.decided = true
	for _, other := range w.told {
		if other.Message != nil && other.customer == t.customer && other.SenderAddress == t.SenderAddress &&
			other.turn > 0 && other.turn < t.turn && !other.decided {
			w.breaks("a person's messages are handled in turn", "%s goes before %s", t.ProviderID, other.ProviderID)
		}
	}
}

// eventName is the event's name where the game gave it one.
func (w *world) eventName(d *decision) string {
	if d.Kind == "message" || d.Kind == "call" {
		return d.Event
	}
	return "a " + d.Kind
}

// heard follows a customer's change of heart, by what they wrote and not by
// what was made of it.
func (w *world) heard(d *decision, t *told) {
	team, sender := w.key(d.Team, t.customer), w.key(d.Sender, t.customer)
	switch strings.ToLower(t.Message.Text) {
	case "stop", "unsubscribe":
		w.stopped[team] = true
	case "yes":
		if !w.stopped[team] && !w.stopped[sender] {
			return
		}
		w.optedIn(d.Team, t.customer)
	case "start":
		w.optedIn(d.Team, t.customer)
	}
}

func (w *world) optedIn(team string, customer int) {
	delete(w.stopped, w.key(team, customer))
	for n, s := range w.senders {
		if w.teams[w.teamOf[n]] == team {
			delete(w.stopped, w.key(s.ID, customer))
		}
	}
}

// replied holds what has to hold when an automatic message is decided on.
func (w *world) replied(d *decision, who int) {
	now := w.clock.Now()
	if w.stopped[w.key(d.Team, who)] {
		w.breaks("nothing is sent after STOP", "%s is answered though customer %d said STOP", w.eventName(d), who)
	}
	if d.Automation == "" { // that it was answered already is told once an answer, and is in nobody's budget
		return
	}
	hour := d.Team + now.Truncate(time.Hour).Format(time.RFC3339)
	if w.hour[hour]++; w.hour[hour] > teamPerHour {
		w.breaks("the team's cap holds", "%s is the %d. message of its hour", w.eventName(d), w.hour[hour])
	}
	// A reply is to something that is at most a quarter of an hour old, so that
	// the gateway's hour, which counts from the customers' moments, is never
	// shorter than this.
	const window = 44 * time.Minute
	key := w.key(d.Team, who)
	recent := slices.DeleteFunc(w.sent[key], func(at time.Time) bool { return now.Sub(at) >= window })
	w.sent[key] = append(recent, now)
	if len(w.sent[key]) > contactPerHour && !w.merged[w.one[who]] {
		w.breaks("a person's budget holds", "%s is the %d. message to customer %d", w.eventName(d), len(w.sent[key]), who)
	}
}

// moved takes notice of a delivery.
func (w *world) moved(d *delivery) {
	before := w.deliveries[d.ID]
	w.deliveries[d.ID] = d
	if before == nil {
		d.name = fmt.Sprintf("d%d", len(w.deliveries))
		w.note("  %s: %s, from %s to %d", d.name, d.State, d.From, customer(d.To))
		return
	}
	d.name = before.name
	if before.State == d.State {
		return
	}
	w.note("  %s: %s, then %s", d.name, before.State, d.State)
	if !before.State.Before(d.State) {
		w.breaks("a delivery only moves forward", "%s was %s and is %s", d.name, before.State, d.State)
	}
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
