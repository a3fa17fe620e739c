// Package events is what happened, written down before anybody thinks about
// it: the table is both the record and the queue.
//
// The hard decision: an event that is being handled is not marked so. Its row
// is locked inside the handling transaction, and a crash unlocks it; what
// waits for a time is the same row with a later due time. There is no lease to
// run out and no "in progress" to get stuck in.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
)

// record writes many events in one statement. Our sender is found by its kind,
// its address and the account that signed; an account of the sender's own goes
// before the environment's. What no sender of ours claims is kept as a stray.
// A status belongs to the lane of its message, anything else to the lane of
// its team and customer.
//
// Who comes first is counted before anything is sorted. The rows then go in by
// their keys: two replicas that are told the same things at once would
// otherwise each wait for a row of the other's.
const record = `
with incoming as (
    select nextval('events_seq_seq') as seq, i.*
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::timestamptz[], $9::text[], $10::bytea[])
        as i (id, kind, sender_kind, account, ours, lane, provider_id, occurred_at, payload, raw)
), found as (
    select i.*, s.company_id, s.team_id, s.sender_id
    from incoming i
    left join lateral (
        select company_id, team_id, id as sender_id from senders
        where kind = i.sender_kind and address = i.ours and account in (i.account, '')
          and (account <> '' or i.account = $11)
        order by account desc limit 1
    ) s on true
), stray as (
    insert into strays (id, account, kind, ours, provider_id, payload, raw, received_at)
    select id, account, kind, ours, provider_id, payload::jsonb, raw, occurred_at from found where sender_id is null
    order by account, ours, provider_id, seq
    on conflict do nothing returning id
), recorded as (
    insert into events (company_id, id, seq, team_id, sender_id, kind, provider_id, lane, occurred_at, due_at, payload, raw)
    overriding system value
    select company_id, id, seq, team_id, sender_id, kind, provider_id,
        case when kind = 'message' then team_id::text || ' ' || lane else lane end,
        occurred_at, coalesce($12::timestamptz, now()), payload::jsonb, raw
    from found where sender_id is not null
    order by company_id, sender_id, provider_id, seq
    on conflict do nothing returning id
)
select (select count(*) from recorded) as recorded, (select count(*) from stray) as strays`

// Count is what became of some events.
type Count struct {
	Recorded int // new, and in the queue
	Strays   int // new, but for no sender of ours
}

// Record writes events down. One that is already there is left alone. The
// default account is the environment's; queue is clock.Queue().
func Record(ctx context.Context, q sqlx.QueryerContext, incoming []channels.Event, defaultAccount string, queue any) (Count, error) {
	n := len(incoming)
	ids, kinds, senders := make([]string, n), make([]string, n), make([]string, n)
	accounts, ours, lanes, providers := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	times, payloads, raws := make([]string, n), make([]string, n), make([][]byte, n)
	for i, e := range incoming {
		payload, err := json.Marshal(e)
		if err != nil {
			return Count{}, fmt.Errorf("event %s: %w", e.ProviderID, err)
		}
		id, err := uuid.NewV7()
		if err != nil {
			return Count{}, fmt.Errorf("event %s: %w", e.ProviderID, err)
		}
		ids[i], kinds[i], senders[i] = id.String(), string(e.Kind), string(e.Sender)
		accounts[i], ours[i], lanes[i], providers[i] = e.Account, e.Ours, lane(e), e.ProviderID
		times[i], payloads[i], raws[i] = e.At.Format(time.RFC3339Nano), string(payload), e.Raw
	}
	var count Count
	row := q.QueryRowxContext(ctx, record, pq.Array(ids), pq.Array(kinds), pq.Array(senders), pq.Array(accounts), pq.Array(ours),
		pq.Array(lanes), pq.Array(providers), pq.Array(times), pq.Array(payloads), pq.Array(raws), defaultAccount, queue)
	if err := row.Scan(&count.Recorded, &count.Strays); err != nil {
		return Count{}, fmt.Errorf("record %d events: %w", n, err)
	}
	return count, nil
}

func lane(e channels.Event) string {
	if e.Kind == channels.DeliveryMoved {
		return "status " + e.Status.ProviderID
	}
	return e.Theirs
}
