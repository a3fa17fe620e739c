package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"ringback/channels"
)

func ids(of []string) pq.StringArray { return append(pq.StringArray{}, of...) }

// faults are rows that may not be, whatever the game has played so far.
const faults = `
select 'what is acknowledged is kept' as property, name as detail from unnest($2::text[]) as acknowledged (name)
    where not exists (select from events e where e.company_id = $1 and e.provider_id = name)
union all
select 'an event has one decision', e.kind || ' ' || e.provider_id || ' has ' || count(d.id)
    from events e left join decisions d on d.company_id = $1 and d.event_id = e.id
    where e.company_id = $1 and e.handled_at is not null and e.kind in ('message', 'call', 'ticket_done', 'ticket_closed')
    group by e.id, e.kind, e.provider_id having count(d.id) <> 1
union all
select 'a decision is on a handled event', coalesce(e.provider_id, 'nothing') from decisions d
    left join events e on e.company_id = $1 and e.id = d.event_id
    where d.company_id = $1 and e.handled_at is null
union all
select 'a message stands once on the timeline', e.provider_id || ' stands ' || count(m.id) || ' times'
    from events e join decisions d on d.company_id = $1 and d.event_id = e.id and d.reason <> 'internal_error'
    left join messages m on m.company_id = $1 and m.event_id = e.id
    where e.company_id = $1 and e.kind = 'message' and e.handled_at is not null
    group by e.id, e.provider_id having count(m.id) <> 1
union all
select 'a decision is at most one message', d.automation || ' on ' || d.provider_id || ': ' || count(o.id)
    from decisions d left join deliveries o on o.company_id = $1 and o.decision_id = d.id
    where d.company_id = $1
    group by d.id, d.automation, d.provider_id, d.outcome having count(o.id) <> case when d.outcome = 'sent' then 1 else 0 end
union all
select 'a message has its decision', 'delivery ' || o.seq from deliveries o
    where o.company_id = $1 and o.decision_id is not null and not exists (select from decisions d where d.company_id = $1 and d.id = o.decision_id)
union all
select 'a ticket is greeted once', t.number || ' is greeted ' || count(*) || ' times'
    from decisions d join tickets t on t.company_id = $1 and t.id = d.ticket_id
    where d.company_id = $1 and d.outcome = 'sent' and d.automation = 'customer_first_chat'
    group by t.number having count(*) > 1
union all
select 'ticket numbers have no gaps', count(*) || ' tickets up to ' || c.last_ticket
    from companies c left join tickets t on t.company_id = c.id
    where c.id = $1 group by c.id, c.last_ticket
    having count(t.id) <> c.last_ticket - 1000 or coalesce(max(t.number), 1000) <> c.last_ticket
union all
select 'trouble is not an event''s own fault', provider_id || ' has ' || attempts || ' attempts' from events
    where company_id = $1 and attempts > 0`

// check looks at everything.
func (w *world) check(ctx context.Context) error {
	var acknowledged []string
	for _, t := range w.told {
		if t.acknowledged {
			acknowledged = append(acknowledged, t.ProviderID)
		}
	}
	var found []struct{ Property, Detail string }
	if err := w.db.SelectContext(ctx, &found, faults, w.company, ids(acknowledged)); err != nil {
		return fmt.Errorf("check: %w", err)
	}
	for _, f := range found {
		w.breaks(f.Property, "%s", f.Detail)
	}
	return w.first()
}

// horizon is how far the end lets the clock run after what is due: further
// away are only the timers that close tickets and links.
const horizon = 6 * time.Hour

// nextDue is when something is due next; null: nothing is before the horizon.
const nextDue = `
select min(due_at) from (
    select due_at from events where company_id = $1 and handled_at is null
    union all
    select due_at from deliveries where company_id = $1 and due_at is not null) due
where due_at <= $2`

// drain lets everything come to rest: what was told is told until it is heard,
// the provider is well, and time goes on as long as something is due.
func (w *world) drain(ctx context.Context) error {
	w.provider.unseen, w.provider.deaf = 0, 0
	w.trouble, w.troubled = nil, false
	for _, t := range w.told {
		if !t.acknowledged {
			w.record(ctx, 1, t)
		}
	}
	until := w.clock.Now().Add(horizon)
	for rounds := 0; ; rounds++ {
		if err := w.work(ctx); err != nil {
			return err
		}
		var due *time.Time
		if err := w.db.GetContext(ctx, &due, nextDue, w.company, until); err != nil {
			return fmt.Errorf("what is due: %w", err)
		}
		if due == nil {
			break
		}
		if rounds == 300 {
			return &Broken{Property: "nothing is stuck", Detail: "something is due for ever"}
		}
		w.clock.Stop(later(*due, w.clock.Now().Add(time.Second)))
	}
	if err := w.check(ctx); err != nil {
		return err
	}
	return w.settled(ctx)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// work has every replica do all that it finds.
func (w *world) work(ctx context.Context) error {
	for n := 1; n <= replicas; n++ {
		for _, verb := range []string{"handle", "send"} {
			for more, tries := true, 0; more; tries++ {
				if tries == 1000 {
					return &Broken{Property: "nothing is stuck", Detail: verb + " finds something for ever"}
				}
				lines := len(w.outcome.Trace)
				if err := w.step(ctx, Step{Verb: verb, Args: []string{fmt.Sprint(n), "ok"}}); err != nil {
					return err
				}
				more = len(w.outcome.Trace) > lines
			}
		}
	}
	return nil
}

// left are what may not be once everything has come to rest.
const left = `
select 'nothing is stuck' as property, 'event ' || provider_id as detail from events
    where company_id = $1 and handled_at is null and due_at <= $2
union all
select 'nothing is stuck', 'delivery ' || seq from deliveries where company_id = $1 and (due_at is not null or state = 'queued')
union all
select 'nothing is stuck', 'call ' || sid from calls where company_id = $1 and settled_at is null
limit 5`

func (w *world) settled(ctx context.Context) error {
	var found []struct{ Property, Detail string }
	if err := w.db.SelectContext(ctx, &found, left, w.company, w.clock.Now()); err != nil {
		return fmt.Errorf("what is left: %w", err)
	}
	for _, f := range found {
		w.breaks(f.Property, "%s", f.Detail)
	}
	for _, t := range w.provider.taken {
		d := w.deliveries[t.delivery]
		if d == nil || w.provider.blind[t.delivery] > 0 {
			continue
		}
		told := false
		for _, state := range []channels.State{channels.Failed, channels.Undelivered} {
			told = told || w.names[t.id+"/"+string(state)] != nil
		}
		if d.State == channels.Unknown || d.State == channels.Expired || d.State == channels.Failed && !told {
			w.breaks("what the provider took is known", "it took %s, which is %s", d.name, d.State)
		}
	}
	return w.first()
}

// ladder are the waits after failures, in seconds. The gateway spreads each by a
// tenth, so that many that failed together do not come back together.
var ladder = pq.Int64Array{1, 2, 4, 8, 16, 32, 64, 128, 180}

const (
	snapDeliveries = `
update deliveries set due_at = $2::timestamptz + s * interval '1 second' from unnest($3::bigint[]) as s
where company_id = $1 and due_at > $2 and abs(extract(epoch from due_at - $2) - s) <= 0.101 * s`
	snapEvents = `
update events set due_at = $2::timestamptz + s * interval '1 second' from unnest($3::bigint[]) as s
where company_id = $1 and handled_at is null and fault is not null and due_at > $2 and abs(extract(epoch from due_at - $2) - s) <= 0.101 * s`
)

// snap takes the chance out of the waits that a step has set: the same seed is
// the same game.
func (w *world) snap(ctx context.Context, s Step) error {
	var table string
	switch {
	case s.Verb == "send" && !strings.HasSuffix(s.String(), " ok"):
		table = snapDeliveries
	case s.Verb == "handle" && s.Trouble != nil:
		table = snapEvents
	default:
		return nil
	}
	_, err := w.db.ExecContext(ctx, table, w.company, w.clock.Now(), ladder)
	return err
}
