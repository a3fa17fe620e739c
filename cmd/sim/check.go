package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"ringback/channels"
	"ringback/cmd/chaos/audit"
)

func ids(of []string) pq.StringArray { return append(pq.StringArray{}, of...) }

// check looks at everything.
func (w *world) check(ctx context.Context) error {
	if err := w.overlooked(ctx); err != nil {
		return err
	}
	var acknowledged []string
	for _, t := range w.told {
		if t.acknowledged {
			acknowledged = append(acknowledged, t.ProviderID)
		}
	}
	found, err := audit.Rows(ctx, w.db, w.company, acknowledged)
	if err != nil {
		return err
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
	w.notTaken()
	return w.first()
}

// givenUp is how often the provider is asked to send a message that it can send later.
const givenUp = 10

// notTaken holds that what the provider would have taken later was brought to it again.
func (w *world) notTaken() {
	p := w.provider
	for _, d := range slices.SortedFunc(maps.Values(w.deliveries), func(a, b *delivery) int { return cmp.Compare(a.Seq, b.Seq) }) {
		if d.State == channels.Failed && p.copies[d.ID] == 0 && !p.refused[d.ID] && p.asked[d.ID] < givenUp {
			w.breaks("what is refused for a while is tried again", "%s failed after %d tries", d.name, p.asked[d.ID])
		}
	}
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
