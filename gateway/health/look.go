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

	"ringback/channels/clock"
	"ringback/gateway/deliveries"
	"ringback/settings"
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
	Unwired      int           // senders whose provider does not bring here what happens, as it last said
	Unregistered int           // senders whose texts carriers refuse, for want of a registration
	Disowned     int           // senders that name a business account of which Meta says that it is none of theirs
	Unheard      int           // messages of which the provider has said nothing
	ClockApart   time.Duration // how far this process's clock is ahead of the database's
	DatabaseTook time.Duration // to say so
}

// sending are the messages that are due first, of each sender and priority.
const sending = `sending as (
    (select sender_id, priority, due_at from deliveries where due_at is not null order by sender_id, priority, due_at, seq limit 1)
    union all
    select next.* from sending s cross join lateral (
        select sender_id, priority, due_at from deliveries where due_at is not null and (sender_id, priority) > (s.sender_id, s.priority)
        order by sender_id, priority, due_at, seq limit 1) next
)`

const oldestMessage = `with recursive ` + sending + ` select coalesce(extract(epoch from greatest($1 - min(due_at), interval '0')), 0) from sending`

// OldestMessage is how long the oldest message that is due has been due; 0: none is.
func OldestMessage(ctx context.Context, q sqlx.QueryerContext, now time.Time) (time.Duration, error) {
	var seconds float64
	if err := sqlx.GetContext(ctx, q, &seconds, oldestMessage, now); err != nil {
		return 0, fmt.Errorf("health: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// The queues, in the order of a message's way, and when their oldest entry became
// due. By the index on what is due it goes from the first of one team, sender or
// hook to the first of the next, however much waits behind each.
const work = `
with recursive
handling as (
    (select team_id, due_at from events where handled_at is null order by team_id, due_at, seq limit 1)
    union all
    select next.* from handling h cross join lateral (
        select team_id, due_at from events where handled_at is null and team_id > h.team_id order by team_id, due_at, seq limit 1) next
), ` + sending + `, telling as (
    (select hook_id, due_at from hook_deliveries where due_at is not null order by hook_id, due_at limit 1)
    union all
    select next.* from telling t cross join lateral (
        select hook_id, due_at from hook_deliveries where due_at is not null and hook_id > t.hook_id order by hook_id, due_at limit 1) next
), oldest (queue, at) as (
    select 'events', min(due_at) from handling
    union all select 'deliveries', min(due_at) from sending
    union all select 'hooks', min(due_at) from telling
    union all select 'media', (select due_at from media where due_at is not null order by due_at limit 1)
    union all select 'notices', (select due_at from notices where due_at is not null order by due_at limit 1)
    union all select 'reads', (select due_at from reads where due_at is not null order by due_at limit 1)
    union all select 'calendars', (select due_at from holidays where due_at is not null order by due_at limit 1)
)
select queue, coalesce(extract(epoch from greatest(now() - at, interval '0')), 0) as seconds from oldest`

const others = `select (select count(*) from senders where paused_at is not null) as paused,
    (select count(*) from sender_checks c join senders s on s.company_id = c.company_id and s.id = c.sender_id where ` + settings.Unwired + `) as unwired,
    (select count(*) from sender_checks c join senders s on s.company_id = c.company_id and s.id = c.sender_id where ` + settings.TextsRefused + `) as unregistered,
    (select count(*) from senders s where s.kind = 'whatsapp_cloud' and ` + settings.Disowned + `) as disowned,
    clock_timestamp() as now`

// Look takes a look by the database's own clock.
func Look(ctx context.Context, q sqlx.QueryerContext) (State, error) {
	var s State
	began := time.Now()
	var row struct {
		Paused       int       `db:"paused"`
		Unwired      int       `db:"unwired"`
		Unregistered int       `db:"unregistered"`
		Disowned     int       `db:"disowned"`
		Now          time.Time `db:"now"`
	}
	if err := sqlx.GetContext(ctx, q, &row, others); err != nil {
		return s, fmt.Errorf("health: %w", err)
	}
	s.DatabaseTook = time.Since(began)
	s.Paused, s.Unwired, s.Unregistered, s.Disowned = row.Paused, row.Unwired, row.Unregistered, row.Disowned
	s.ClockApart = began.Add(s.DatabaseTook / 2).Sub(row.Now)
	if err := sqlx.SelectContext(ctx, q, &s.Work, work); err != nil {
		return s, fmt.Errorf("health: %w", err)
	}
	silent, err := deliveries.FindUnheard(ctx, q, clock.Due{})
	if err != nil {
		return s, fmt.Errorf("health: %w", err)
	}
	for _, sender := range silent {
		s.Unheard += sender.Messages
	}
	return s, nil
}
