package events

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/queue"
)

// Event is one event to handle.
type Event struct {
	CompanyID  string             `db:"company_id"`
	ID         string             `db:"id"`
	TeamID     string             `db:"team_id"`
	SenderID   string             `db:"sender_id"`
	Kind       channels.EventKind `db:"kind"`
	ProviderID string             `db:"provider_id"`
	OccurredAt time.Time          `db:"occurred_at"`
	Attempts   int                `db:"attempts"`
	Payload    json.RawMessage    `db:"payload"`
}

// Due is an event with the time at which it is to be handled.
type Due struct {
	Event
	DueAt time.Time `db:"due_at"`
}

// lockTeam locks, for the rest of the transaction, the team whose oldest due
// event has waited longest, of those that nobody else has locked. It goes from
// team to team by the index, so that it costs as much as there are teams with
// something to do, however much that is; and at each whose start is known it begins
// there, so that it does not step over what was handled. Those of $6 rest.
const lockTeam = `
with recursive known as materialized (
    select team_id, before, since from unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) as k (team_id, before, since)
), others as (
    select (select team_id from events where handled_at is null and team_id > k.team_id and team_id < k.before order by team_id limit 1), before
    from known k
    union all
    select (select team_id from events where handled_at is null and team_id > o.team_id and team_id < o.before order by team_id limit 1), before
    from others o where o.team_id is not null
), waiting as materialized (
    select t.team_id, oldest.due_at
    from (select team_id, since from known union all select team_id, '-infinity' from others where team_id is not null) t cross join lateral (
        select due_at from events
        where team_id = t.team_id and handled_at is null and due_at >= t.since and due_at <= coalesce($1::timestamptz, now())
        order by due_at limit 1) oldest
    where t.team_id <> all($6::uuid[])
    order by oldest.due_at
)
select team_id, due_at from waiting where pg_try_advisory_xact_lock($2, hashtext(team_id::text)) limit 1`

// oldest is each team's oldest event, due or not.
const oldest = `
with recursive teams as (
    (select team_id, due_at from events where handled_at is null order by team_id, due_at, seq limit 1)
    union all
    select next.* from teams t cross join lateral (
        select team_id, due_at from events where handled_at is null and team_id > t.team_id order by team_id, due_at, seq limit 1) next
)
select team_id as key, least(due_at, coalesce($1::timestamptz, now())) as due_at from teams`

// Oldest looks from the very beginning when each team's next claim has to begin.
func Oldest(ctx context.Context, q sqlx.QueryerContext, now clock.Due) ([]queue.Start, error) {
	var found []queue.Start
	if err := sqlx.SelectContext(ctx, q, &found, oldest, now); err != nil {
		return nil, fmt.Errorf("the oldest events: %w", err)
	}
	return found, nil
}

// teamLocks is the class of our advisory locks on teams.
const teamLocks = 7_241_003

// claim is a statement of its own, so that it sees what whoever held the lock
// before has done. The rows are locked against a Postpone that comes late. What
// stands behind something of the same person's that was put off takes its time: a
// person's events are handled in turn. As a rule nothing of the team is put off, and
// then nothing is looked for.
const claim = `
with due as materialized (
    select e.company_id, e.id, e.team_id, e.sender_id, e.kind, e.provider_id, e.occurred_at, e.attempts, e.payload, e.due_at, e.seq,
        case when (select exists (select from events o where o.team_id = $2 and o.handled_at is null and o.fault is not null))
            then ` + behind + ` end as behind
    from events e
    where e.team_id = $2 and e.handled_at is null and e.due_at >= $4::timestamptz and e.due_at <= coalesce($1::timestamptz, now())
    order by e.due_at, e.seq limit $3
    for update of e
), moved as (
    update events e set due_at = due.behind from due
    where due.behind is not null and e.company_id = due.company_id and e.id = due.id
)
select company_id, id, team_id, sender_id, kind, provider_id, occurred_at, attempts, payload
from due where behind is null order by due_at, seq`

// behind is when what the person of event e told before is due, if it was put off.
const behind = `(
    select max(o.due_at) from events o
    where o.team_id = e.team_id and o.handled_at is null and o.fault is not null
      and o.payload ->> 'Theirs' = e.payload ->> 'Theirs' and o.seq < e.seq)`

// Claim takes up to n due events of one team, the oldest first, and keeps the
// team's others from everybody else until the transaction ends, which has to be
// committed also when it returns none: nothing is due then, others are at work on
// all that is, or it waits for what was put off. It looks from where the look begins, and not
// at the teams that rest.
func Claim(ctx context.Context, tx sqlx.QueryerContext, now clock.Due, look queue.Look, n int) ([]Event, error) {
	var team string
	var due time.Time
	err := tx.QueryRowxContext(ctx, lockTeam, now, teamLocks, look.Keys, look.Ends, look.Since, look.Except).Scan(&team, &due)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var claimed []Event
	if err == nil {
		err = sqlx.SelectContext(ctx, tx, &claimed, claim, now, team, n, look.Found(team, due))
	}
	if err != nil {
		return nil, fmt.Errorf("claim events: %w", err)
	}
	return claimed, nil
}

// reclaim takes the team's lock again, and one event of it that is open still.
const reclaim = `
select company_id, id, team_id, sender_id, kind, provider_id, occurred_at, attempts, payload
from events e
where company_id = $1 and id = $2 and coalesce(handled_at, 'infinity') = 'infinity' and ` + behind + ` is null
for update`

// Reclaim takes one event once more that was claimed before, in a transaction that
// has ended. None: it is handled, others are at work on its team, or what its person
// told before was put off.
func Reclaim(ctx context.Context, tx sqlx.QueryerContext, e Event) ([]Event, error) {
	var ours bool
	err := tx.QueryRowxContext(ctx, `select pg_try_advisory_xact_lock($1, hashtext($2))`, teamLocks, e.TeamID).Scan(&ours)
	if err != nil || !ours {
		return nil, err
	}
	var claimed []Event
	if err := sqlx.SelectContext(ctx, tx, &claimed, reclaim, e.CompanyID, e.ID); err != nil {
		return nil, fmt.Errorf("claim event %s: %w", e.ID, err)
	}
	return claimed, nil
}

// handled asks whether an event is open in words in which Postgres does not see
// the queue's index, which can look small to it and be long.
const handled = `
update events e set handled_at = now(), fault = null
from unnest($2::uuid[]) as handled (id)
where e.company_id = $1 and e.id = handled.id and coalesce(e.handled_at, 'infinity') = 'infinity'`

// From here on a STOP stands in the contact's standing.
const done = `
with heeded as (delete from pending_stops where company_id = $1 and event_id = any($2::uuid[]))` + handled

// Done marks events of one company as handled, and says how many were not yet.
func Done(ctx context.Context, tx sqlx.ExecerContext, handled ...Event) (int64, error) {
	ids := make([]string, len(handled))
	for i, e := range handled {
		ids[i] = e.ID
	}
	result, err := tx.ExecContext(ctx, done, handled[0].CompanyID, pq.Array(ids))
	if err != nil {
		return 0, fmt.Errorf("events %v: done: %w", ids, err)
	}
	return result.RowsAffected()
}

const postpone = `
update events set attempts = attempts + $6, fault = $3, due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and coalesce(handled_at, 'infinity') = 'infinity'`

// Postpone puts an event off after a fault of its own.
func Postpone(ctx context.Context, q sqlx.ExecerContext, e Event, fault error, now clock.Due, wait time.Duration) error {
	return putOff(ctx, q, e, fault, now, wait, 1)
}

// Wait puts an event off because of what is not its own fault, and counts nothing
// against it.
func Wait(ctx context.Context, q sqlx.ExecerContext, e Event, trouble error, now clock.Due, wait time.Duration) error {
	return putOff(ctx, q, e, trouble, now, wait, 0)
}

func putOff(ctx context.Context, q sqlx.ExecerContext, e Event, fault error, now clock.Due, wait time.Duration, counted int) error {
	if _, err := q.ExecContext(ctx, postpone, e.CompanyID, e.ID, fault.Error(), now, wait.Milliseconds(), counted); err != nil {
		return fmt.Errorf("event %s: postpone: %w", e.ID, err)
	}
	return nil
}
