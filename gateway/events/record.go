// Package events is what happened, written down before anybody thinks about
// it: the table is both the record and the queue.
//
// The hard decision: a team's events are handled by one worker at a time, in
// order of arrival and several in one transaction. Two that handled one team's
// side by side would only wait for each other, for the row with what the team
// has spent and for the next ticket number. An event that is being handled is
// not marked so: a lock on the team ends with the transaction, and a crash ends
// it too. What waits for a time is the same row with a later due time. There is
// no lease to run out and no "in progress" to get stuck in.
package events

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/contacts"
	"ringback/gateway/rules"
)

// recording writes many events in one statement. Our sender is found by its kind,
// its address and the account that signed; an account of the sender's own goes
// before the environment's. At Meta a number is an account. What no sender of ours claims is kept as a stray.
//
// Who comes first is counted before anything is sorted. The rows then go in by
// their keys: two replicas that are told the same things at once would
// otherwise each wait for a row of the other's.
//
// Nothing has happened that is yet to come: a process whose clock is fast would have
// calls settled as late as that, which its neighbors settle by the database's.
//
// What was all there already may have come by a commit whose wait for the standby was
// cut short, and a transaction that writes nothing waits for none. A message to the log,
// which nobody reads, has it wait for all that went before.
const recording = `
with incoming as (
    select nextval('events_seq_seq') as seq, i.*
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
        $7::timestamptz[], $8::text[], $9::bytea[], $12::text[])
        as i (id, kind, sender_kind, account, ours, provider_id, occurred_at, payload, raw, named)
), found as (
    select i.*, s.company_id, s.team_id, s.sender_id
    from incoming i
    left join lateral (
        select company_id, team_id, id as sender_id from senders
        where (case when i.named <> '' then id = i.named::uuid
            when i.sender_kind = 'whatsapp_cloud' then kind = i.sender_kind and account = i.ours
            when starts_with(i.ours, 'rcs:') then kind = i.sender_kind and settings ->> 'rcs_agent' = substr(i.ours, 5)
            else kind = i.sender_kind and address = i.ours end)
          and account in (i.account, '') and (account <> '' or i.account = $10)
        order by account desc limit 1
    ) s on true
), stray as (
    insert into strays (id, account, kind, ours, provider_id, payload, raw, received_at)
    select id, account, kind, ours, provider_id, payload::jsonb, raw, coalesce($11::timestamptz, now()) from found where sender_id is null
    order by account, ours, provider_id, seq
    on conflict do nothing returning id
), recorded as (
    insert into events (company_id, id, seq, team_id, sender_id, kind, provider_id, occurred_at, due_at, payload, raw)
    overriding system value
    select company_id, id, seq, team_id, sender_id, kind, provider_id,
        case when $11::timestamptz is null and occurred_at > now() + interval '5 seconds' then now() else occurred_at end,
        coalesce($11::timestamptz, now()), payload::jsonb, raw
    from found where sender_id is not null
    order by company_id, sender_id, provider_id, seq
    on conflict do nothing returning company_id, team_id, sender_id, id
)`

// An opt-out word is in force from here on, as far as the company chose that it reaches:
// a delivery is claimed with a look at pending_stops. It is a part of the statement only
// where somebody says one: Postgres opens whatever a statement may write to, and that was
// a third of what it cost to write one event down.
const stopping = `, stopping as (
    insert into pending_stops (company_id, team_id, address, event_id)
    select r.company_id, case when c.opt_out_scope = 'company' then r.company_id
        when c.opt_out_scope = 'sender' and to_sender.kind <> 'webchat' then r.sender_id else r.team_id end, s.address, r.id
    from unnest($13::uuid[], $14::text[]) as s (event_id, address) join recorded r on r.id = s.event_id
    left join companies c on c.id = r.company_id left join senders to_sender on to_sender.id = r.sender_id
    on conflict do nothing
)`

const counting = `
select recorded, strays, case when recorded + strays = 0 then pg_logical_emit_message(true, 'ringback', '')::text end as waits
from (select (select count(*) from recorded) as recorded, (select count(*) from stray) as strays) as new`

const (
	record      = recording + counting
	recordStops = recording + stopping + counting
)

// Count is what became of some events.
type Count struct {
	Recorded int // new, and in the queue
	Strays   int // new, but for no sender of ours
}

// Record writes events down. One that is already there is left alone. The
// default account is the environment's; queue is clock.Queue().
func Record(ctx context.Context, q sqlx.QueryerContext, incoming []channels.Event, defaultAccount string, queue clock.Due) (Count, error) {
	n := len(incoming)
	ids, kinds, senders := make([]string, n), make([]string, n), make([]string, n)
	accounts, ours, providers, named := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	times, payloads, raws := make([]string, n), make([]string, n), make([][]byte, n)
	var stops, stopped []string // the events that say STOP, and an address of who does
	for i, e := range incoming {
		payload, raw, err := Kept(e)
		if err != nil {
			return Count{}, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return Count{}, fmt.Errorf("event %s: %w", e.ProviderID, err)
		}
		ids[i], kinds[i], senders[i] = id.String(), string(e.Kind), string(e.Sender)
		accounts[i], ours[i], providers[i], named[i] = e.Account, e.SenderAddress, e.ProviderID, e.SenderID
		times[i], payloads[i], raws[i] = e.At.Format(time.RFC3339Nano), string(payload), raw
		if e.Kind == channels.MessageReceived && e.Message != nil && rules.SaysStop(*e.Message) {
			for _, address := range contacts.Forms(e.Sender, append([]string{e.CustomerAddress}, e.Also...)...) {
				stops, stopped = append(stops, ids[i]), append(stopped, address)
			}
		}
	}
	var count Count
	statement, args := record, []any{
		pq.Array(ids), pq.Array(kinds), pq.Array(senders), pq.Array(accounts), pq.Array(ours),
		pq.Array(providers), pq.Array(times), pq.Array(payloads), pq.Array(raws), defaultAccount, queue, pq.Array(named),
	}
	if len(stops) > 0 {
		statement, args = recordStops, append(args, pq.Array(stops), pq.Array(stopped))
	}
	row := q.QueryRowxContext(ctx, statement, args...)
	var waits *string
	if err := row.Scan(&count.Recorded, &count.Strays, &waits); err != nil {
		return Count{}, fmt.Errorf("record %d events: %w", n, err)
	}
	return count, nil
}

// numberings is how often events are numbered at the most.
const numberings = 8

// RecordAgain writes down what may be on its way to Postgres already, from a try that
// was given up or by another process. Record numbers events before it waits for who
// writes one of them at the same time; that one's number would be higher than those of
// what came after it. So those that turned out to be known are to be the same in two
// tries, of which the first is taken back: what it waited for is committed by then.
func RecordAgain(ctx context.Context, db *sqlx.DB, incoming []channels.Event, defaultAccount string, queue clock.Due) (Count, error) {
	before := -1
	for try := 1; ; try++ {
		tx, err := db.BeginTxx(ctx, nil)
		if err != nil {
			return Count{}, fmt.Errorf("record %d events: %w", len(incoming), err)
		}
		count, err := Record(ctx, tx, incoming, defaultAccount, queue)
		if err != nil {
			_ = tx.Rollback()
			return Count{}, err
		}
		known := len(incoming) - count.Recorded - count.Strays
		if known == 0 || known == before || try == numberings {
			if err := tx.Commit(); err != nil {
				return Count{}, fmt.Errorf("record %d events: %w", len(incoming), err)
			}
			return count, nil
		}
		if err := tx.Rollback(); err != nil {
			return Count{}, fmt.Errorf("record %d events: %w", len(incoming), err)
		}
		before = known
	}
}
