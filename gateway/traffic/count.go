package traffic

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/health"
)

// Each table is read once and counted in three ways: by bar, by what it was, and by
// sender. $2 is an id below those of all that is counted, $3 and $4 from when until when,
// $5 how many bars that is.
const (
	within = `company_id = $1 and id >= $2 and %[1]s >= $3 and %[1]s < $4`
	bar    = `width_bucket(extract(epoch from %[1]s), extract(epoch from $3::timestamptz), extract(epoch from $4::timestamptz), $5::int) as bar`
)

// What providers tell, each step of a call as a call. Our own timers are events as well,
// and nothing that came in.
var (
	ofEvents = fmt.Sprintf(`
select bar, kind as what, '' as why, sender_id as sender, count(*) as n, count(*) filter (where kind = 'status') as part
from (select `+bar+`, case when kind in ('message', 'status', 'echo', 'note') then kind else 'call' end as kind, sender_id from events
    where `+within+` and kind in ('message', 'status', 'echo', 'note', 'call_arrived', 'call_step', 'call_dialed', 'call_ended', 'recording', 'call_note', 'called_back')) e
group by grouping sets ((bar), (kind), (sender_id))`, "occurred_at")
	ofDecisions = fmt.Sprintf(`
select bar, outcome as what, reason as why, null::uuid as sender, count(*) as n, count(*) filter (where outcome = 'sent') as part
from (select `+bar+`, outcome, reason from decisions where `+within+`) d
group by grouping sets ((bar), (outcome, reason))`, "decided_at")
	ofDeliveries = fmt.Sprintf(`
select bar, state as what, error_code as why, sender_id as sender, count(*) as n,
    count(*) filter (where state in ('failed', 'undelivered', 'expired')) as part
from (select `+bar+`, state, error_code, sender_id from deliveries where `+within+`) d
group by grouping sets ((bar), (state, error_code), (sender_id, state))`, "created_at")
)

// counted is a row of those: of a bar, a sender, or what it was.
type counted struct {
	Bar    *int    `db:"bar"`
	What   *string `db:"what"`
	Why    *string `db:"why"`
	Sender *string `db:"sender"`
	N      int     `db:"n"`
	Part   int     `db:"part"`
}

// shown is how many senders are told of.
const shown = 200

// Of a sender the message that has been due longest is the first of one priority.
const senders = `
select s.id, s.kind, s.address, s.team_id, t.name as team, s.paused_at is not null as rests,
    coalesce((select extract(epoch from greatest($2::timestamptz - min(first.due_at), interval '0'))
        from (values (0::smallint), (1::smallint), (2::smallint)) p (priority) cross join lateral (
            select d.due_at from deliveries d where d.sender_id = s.id and d.priority = p.priority and d.due_at is not null
            order by d.sender_id, d.priority, d.due_at, d.seq limit 1) first), 0) as waiting
from senders s join teams t on t.company_id = s.company_id and t.id = s.team_id
where s.company_id = $1
order by t.name, s.address, s.id`

// count fills the traffic in. Real: rows are written when they happen, so that their ids
// say when; a clock that is played writes a month in a minute.
func (t *Traffic) count(ctx context.Context, db *sqlx.DB, company string, bars int, now time.Time, real bool) error {
	var after uuid.UUID
	if real { // an id of another machine's clock may be a little early
		after = oldest(t.From.Add(-time.Minute))
	}
	t.Senders = []OfSender{}
	if err := db.SelectContext(ctx, &t.Senders, senders, company, now); err != nil {
		return fmt.Errorf("traffic by sender: %w", err)
	}
	at := map[string]*OfSender{}
	for n := range t.Senders {
		at[t.Senders[n].ID] = &t.Senders[n]
	}
	for _, table := range []struct {
		statement string
		flow      *Flow
		counts    *[]Count
		of        func(*OfSender, counted)
	}{
		{ofEvents, &t.Received, &t.Events, func(s *OfSender, c counted) { s.Received += c.N - c.Part }},
		{ofDecisions, &t.Decided, &t.Decisions, nil},
		{ofDeliveries, &t.Delivered, &t.Deliveries, func(s *OfSender, c counted) {
			s.Out += c.N
			s.Lost += c.Part
			if state := channels.State(*c.What); state == channels.Delivered || state == channels.Read {
				s.Arrived += c.N
			}
		}},
	} {
		var rows []counted
		if err := db.SelectContext(ctx, &rows, table.statement, company, after, t.From, t.Until, bars); err != nil {
			return fmt.Errorf("traffic: %w", err)
		}
		*table.flow, *table.counts = Flow{Bars: make([]int, bars), Parts: make([]int, bars)}, []Count{}
		for _, r := range rows {
			switch {
			case r.Bar != nil:
				table.flow.Bars[*r.Bar-1], table.flow.Parts[*r.Bar-1] = r.N, r.Part
				table.flow.Total, table.flow.Part = table.flow.Total+r.N, table.flow.Part+r.Part
			case r.Sender != nil:
				if s := at[*r.Sender]; s != nil { // else it was deleted
					table.of(s, r)
				}
			case r.What != nil:
				*table.counts = append(*table.counts, Count{*r.What, *r.Why, r.N})
			}
		}
		slices.SortFunc(*table.counts, func(a, b Count) int { return b.N - a.N })
	}
	if len(t.Senders) > shown {
		slices.SortStableFunc(t.Senders, func(a, b OfSender) int { return b.Received + b.Out - a.Received - a.Out })
		t.Senders = t.Senders[:shown]
	}
	state, err := health.Look(ctx, db)
	t.Queues = state.Work
	return err
}

// oldest is an id that none made at that time or later is below.
func oldest(at time.Time) uuid.UUID {
	var id uuid.UUID
	var milliseconds [8]byte
	binary.BigEndian.PutUint64(milliseconds[:], uint64(at.UnixMilli())) // #nosec G115 -- it is after 1970
	copy(id[:6], milliseconds[2:])
	return id
}
