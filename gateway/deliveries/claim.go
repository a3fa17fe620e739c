package deliveries

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/queue"
)

// Claimed is a delivery that is ours to work on until its lease runs out.
type Claimed struct {
	CompanyID string          `db:"company_id"`
	ID        string          `db:"id"`
	TeamID    string          `db:"team_id"`
	ContactID string          `db:"contact_id"` // empty: it is to one of the staff
	SenderID  string          `db:"sender_id"`
	Kind      channels.Kind   `db:"kind"`
	Account   string          `db:"account"`
	From      string          `db:"from_address"`
	To        string          `db:"to_address"`
	Text      string          `db:"text"`
	Media     json.RawMessage `db:"media"`
	Template  *string         `db:"template"` // channels.Template, as JSON
	Choices   *string         `db:"choices"`  // of channels.Choice
	Attempts  int             `db:"attempts"`
	Lookups   int             `db:"looks"`
	Claims    int             `db:"claims"`   // this one included
	TriedAt   *time.Time      `db:"tried_at"` // when it may have been sent before: look for it first
	Expired   bool            `db:"expired"`
	Stopped   channels.Reason `db:"stopped"` // why it must not leave any more; empty: it may
	Paused    bool            `db:"paused"`  // the provider refused its sender the last time
}

// Lease is how long a claimed delivery is left alone. What a crash cut off is
// looked for within ten seconds, so it is short, and covers no more than one
// call to a provider: whoever makes two renews it in between.
const Lease = 9 * time.Second

// claim takes the oldest due deliveries, one of each company in turn, and of
// each of its senders, but none that has an older one to the same person before
// it, none of a sender that the provider refused a moment ago, and none of an
// account whose slots are taken. On WhatsApp six seconds lie between two to
// the same person, however the first one fared. It goes from sender to sender by the index:
// what waits behind one, be it a hundred thousand, costs the others nothing.
// From here on a delivery may have been sent, which tried_at remembers until
// the provider's answer is in.
//
// What must not leave any more is claimed as well, and says so: whoever claims
// it ends it.
const claim = `
with recursive waiting as (
    (select sender_id from deliveries where due_at is not null order by sender_id limit 1)
    union all
    select (select sender_id from deliveries where due_at is not null and sender_id > w.sender_id order by sender_id limit 1)
    from waiting w where w.sender_id is not null
), busy as materialized (
    select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), live as materialized (
    select sender_id from waiting w
    where sender_id is not null and not exists (
        select from senders s where s.id = w.sender_id and (s.paused_at > coalesce($1::timestamptz, now()) - interval '1 minute'
            or exists (select from busy where key = s.kind || ' ' || s.account and used >= $6::bigint)))
), first as materialized (
    select d.*, row_number() over (partition by sender_id order by due_at, seq) as turn
    from live cross join lateral (
        select company_id, id, kind || ' ' || account as key, due_at, seq from deliveries d
        where d.sender_id = live.sender_id and due_at <= coalesce($1::timestamptz, now())
          and not exists (
            select from deliveries older
            where older.sender_id = d.sender_id and older.to_address = d.to_address and older.seq < d.seq and older.due_at is not null)
          and case when d.kind in ('whatsapp_cloud', 'whatsapp_twilio') then not exists (
            select from deliveries sent
            where sent.sender_id = d.sender_id and sent.to_address = d.to_address and sent.id <> d.id
              and sent.tried_at > coalesce($1::timestamptz, now()) - interval '6 seconds' and sent.kind in ('whatsapp_cloud', 'whatsapp_twilio'))
            else true end
        order by due_at, seq limit least($2::bigint, $6::bigint)) d
), turns as materialized (
    select *, row_number() over (partition by company_id order by turn, due_at, seq) as company_turn from first
), room as materialized (
    select t.*, row_number() over (partition by t.key order by company_turn, due_at, seq) + coalesce(busy.used, 0) as slot
    from turns t left join busy on busy.key = t.key
), due as materialized (
    select d.company_id, d.id, d.tried_at, d.expires_at
    from room join deliveries d on d.company_id = room.company_id and d.id = room.id and d.due_at <= coalesce($1::timestamptz, now())
    where room.slot <= $6::bigint
    order by room.company_turn, room.due_at, room.seq
    limit $2::bigint
    for update of d skip locked
)
update deliveries d
set due_at = coalesce($1::timestamptz, now()) + $3::bigint * interval '1 millisecond', claims = d.claims + 1, link_claims = d.link_claims + 1,
    tried_at = coalesce(d.tried_at, $1::timestamptz, now()), updated_at = now()
from due
where d.company_id = due.company_id and d.id = due.id
returning d.company_id, d.id, d.team_id, coalesce(nullif(d.contact_id, '` + NoContact + `')::text, '') as contact_id, d.sender_id, d.kind, d.account, d.from_address, d.to_address, d.text, d.media, d.template, d.choices,
    d.attempts, d.looks, d.claims, due.tried_at,
    due.expires_at is not null and due.expires_at < coalesce($1::timestamptz, now()) as expired,
    exists (select from senders s where s.id = d.sender_id and s.paused_at is not null) as paused, ` + stopped + ` as stopped`

// Claim takes due deliveries, no more than there is room for.
func Claim(ctx context.Context, q sqlx.QueryerContext, now clock.Due, room queue.Room) ([]Claimed, error) {
	var claimed []Claimed
	if err := sqlx.SelectContext(ctx, q, &claimed, claim, now, room.Free, Lease.Milliseconds(), room.Keys, room.Used, room.Each); err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}

// Bulkhead is what a delivery shares its slots with: the provider's account.
func (c Claimed) Bulkhead() string { return string(c.Kind) + " " + c.Account }

const renew = `
update deliveries set due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and claims = $3 and due_at is not null`

// Renew has the lease run anew; false: there is nothing left to send, or
// somebody else has claimed it.
func Renew(ctx context.Context, q sqlx.ExecerContext, c Claimed, now clock.Due) (bool, error) {
	result, err := q.ExecContext(ctx, renew, c.CompanyID, c.ID, c.Claims, now, Lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("delivery %s: renew: %w", c.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}
