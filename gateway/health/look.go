// Package health says how Ringback is: how long due work waits, what rests, and
// what an operator has to look at. The metrics, the address of the operator, the
// console and the docs speak of the same values by the same codes.
//
// The hard decision: it is the whole installation that is looked at, by one
// statement on the database, and not the process that is asked: whichever replica
// answers, the answer is the same.
package health

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Work is what waits for its turn, by the queue it waits in.
type Work struct {
	Queue   string  `db:"queue" json:"queue"`
	Seconds float64 `db:"seconds" json:"seconds"` // how long the oldest has been due; 0: none is
}

// State is how everything is at one moment.
type State struct {
	Work         []Work
	Paused       int           // senders whose account the provider refuses
	ClockApart   time.Duration // how far this process's clock is ahead of the database's
	DatabaseTook time.Duration // to say so
}

// The queues, in the order of a message's way, and how their oldest due entry is
// found: by the index on what is due, from key to key, however much waits behind
// each. The times are when the first try was due, where that is kept.
const work = `
with recursive
teams as (
    (select team_id as key from events where handled_at is null order by team_id limit 1)
    union all
    select (select team_id from events where handled_at is null and team_id > t.key order by team_id limit 1) from teams t where t.key is not null
), waiting as (
    (select sender_id as key from deliveries where due_at is not null order by sender_id limit 1)
    union all
    select (select sender_id from deliveries where due_at is not null and sender_id > s.key order by sender_id limit 1) from waiting s where s.key is not null
), hooked as (
    (select hook_id as key from hook_deliveries where due_at is not null order by hook_id limit 1)
    union all
    select (select hook_id from hook_deliveries where due_at is not null and hook_id > h.key order by hook_id limit 1) from hooked h where h.key is not null
), oldest (queue, at) as (
    select 'events', min(first.due_at) from teams cross join lateral (
        select due_at from events e where e.team_id = teams.key and handled_at is null and due_at <= now() order by due_at limit 1) first
    union all
    select 'deliveries', min(first.due_at) from waiting cross join (values (0::smallint), (1::smallint), (2::smallint)) as p (priority) cross join lateral (
        select due_at from deliveries d where d.sender_id = waiting.key and d.priority = p.priority and due_at <= now() order by due_at limit 1) first
    union all
    select 'hooks', min(first.due_at) from hooked cross join lateral (
        select due_at from hook_deliveries h where h.hook_id = hooked.key and due_at <= now() order by due_at limit 1) first
    union all select 'media', (select due_at from media where due_at is not null order by due_at limit 1)
    union all select 'notices', (select due_at from notices where due_at is not null order by due_at limit 1)
    union all select 'reads', (select due_at from reads where due_at is not null order by due_at limit 1)
)
select queue, coalesce(extract(epoch from greatest(now() - at, interval '0')), 0) as seconds from oldest`

const others = `select (select count(*) from senders where paused_at is not null) as paused, clock_timestamp() as now`

// Look takes a look by the database's own clock.
func Look(ctx context.Context, q sqlx.QueryerContext) (State, error) {
	var s State
	began := time.Now()
	var row struct {
		Paused int       `db:"paused"`
		Now    time.Time `db:"now"`
	}
	if err := sqlx.GetContext(ctx, q, &row, others); err != nil {
		return s, fmt.Errorf("health: %w", err)
	}
	s.DatabaseTook = time.Since(began)
	s.Paused, s.ClockApart = row.Paused, began.Add(s.DatabaseTook/2).Sub(row.Now)
	if err := sqlx.SelectContext(ctx, q, &s.Work, work); err != nil {
		return s, fmt.Errorf("health: %w", err)
	}
	return s, nil
}
