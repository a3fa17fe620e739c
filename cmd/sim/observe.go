package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ringback/channels"
)

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

// observe looks at what the step changed: at what its statements may have written to.
func (w *world) observe(ctx context.Context, since time.Time) error {
	changed := w.touched.take()
	if changed.decisions {
		var decided []*decision
		if err := w.db.SelectContext(ctx, &decided, newDecisions, w.company, w.lastDecision, ids(w.waiting)); err != nil {
			return err
		}
		for _, d := range decided {
			w.decided(d)
		}
	}
	if changed.deliveries {
		var moved []*delivery
		if err := w.db.SelectContext(ctx, &moved, newDeliveries, w.company, since); err != nil {
			return err
		}
		for _, d := range moved {
			w.moved(d)
		}
	}
	return w.first()
}

// overlooked looks at everything, and fails if a step has changed what was not
// looked at after it.
func (w *world) overlooked(ctx context.Context) error {
	w.touched = touched{decisions: true, deliveries: true}
	seen := len(w.outcome.Trace)
	if err := w.observe(ctx, time.Time{}); err != nil {
		return err
	}
	if more := w.outcome.Trace[seen:]; len(more) > 0 {
		return fmt.Errorf("a step changed what was not looked at after it: %s", strings.Join(more, ";"))
	}
	return nil
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

// follows says which states may come after each: the drawing in docs/architecture.md,
// and not channels.State, which would find right whatever it does.
var follows = map[channels.State][]channels.State{
	channels.Queued:    append([]channels.State{channels.Unknown, channels.Sending, channels.Sent}, ends...),
	channels.Unknown:   append([]channels.State{channels.Sending, channels.Sent}, ends...),
	channels.Sending:   append([]channels.State{channels.Sent}, ends...),
	channels.Sent:      ends,
	channels.Delivered: {channels.Read},
}

var ends = []channels.State{channels.Delivered, channels.Read, channels.Failed, channels.Undelivered, channels.Expired, channels.Canceled}

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
	if !slices.Contains(follows[before.State], d.State) {
		w.breaks("a delivery only moves forward", "%s was %s and is %s", d.name, before.State, d.State)
	}
}
