package deliveries

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
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
	TriedAt   *time.Time      `db:"tried_at"` // when it may have been sent before: look for it first
	Expired   bool            `db:"expired"`
	Paused    bool            `db:"paused"` // the provider refused its sender the last time
}

// lease is how long a claimed delivery is left alone; a send gives up well
// before.
const lease = 9 * time.Second

// claim takes the oldest due deliveries, one of each sender in turn, but none
// that has an older one to the same person before it, and none of a sender that
// the provider refused a moment ago. On WhatsApp six seconds lie between two to
// the same person, however the first one fared. It goes from sender to sender by the index:
// what waits behind one, be it a hundred thousand, costs the others nothing.
// From here on a delivery may have been sent, which tried_at remembers until
// the provider's answer is in.
const claim = `
with recursive waiting as (
    (select sender_id from deliveries where due_at is not null order by sender_id limit 1)
    union all
    select (select sender_id from deliveries where due_at is not null and sender_id > w.sender_id order by sender_id limit 1)
    from waiting w where w.sender_id is not null
), live as materialized (
    select sender_id from waiting w
    where sender_id is not null and not exists (
        select from senders s where s.id = w.sender_id and s.paused_at > coalesce($1::timestamptz, now()) - interval '1 minute')
), first as materialized (
    select d.*, row_number() over (partition by sender_id order by due_at, seq) as turn
    from live cross join lateral (
        select company_id, id, due_at, seq from deliveries d
        where d.sender_id = live.sender_id and due_at <= coalesce($1::timestamptz, now())
          and not exists (
            select from deliveries older
            where older.sender_id = d.sender_id and older.to_address = d.to_address and older.seq < d.seq and older.due_at is not null)
          and case when d.kind in ('whatsapp_cloud', 'whatsapp_twilio') then not exists (
            select from deliveries sent
            where sent.sender_id = d.sender_id and sent.to_address = d.to_address and sent.id <> d.id
              and sent.tried_at > coalesce($1::timestamptz, now()) - interval '6 seconds' and sent.kind in ('whatsapp_cloud', 'whatsapp_twilio'))
            else true end
        order by due_at, seq limit $2) d
), due as materialized (
    select d.company_id, d.id, d.tried_at, d.expires_at
    from first join deliveries d on d.company_id = first.company_id and d.id = first.id and d.due_at <= coalesce($1::timestamptz, now())
    order by first.turn, first.due_at, first.seq
    limit $2
    for update of d skip locked
)
update deliveries d
set due_at = coalesce($1::timestamptz, now()) + $3::bigint * interval '1 millisecond',
    tried_at = coalesce(d.tried_at, $1::timestamptz, now()), updated_at = now()
from due
where d.company_id = due.company_id and d.id = due.id
returning d.company_id, d.id, d.team_id, coalesce(nullif(d.contact_id, '` + NoContact + `')::text, '') as contact_id, d.sender_id, d.kind, d.account, d.from_address, d.to_address, d.text, d.media, d.template, d.choices,
    d.attempts, d.looks, due.tried_at,
    due.expires_at is not null and due.expires_at < coalesce($1::timestamptz, now()) as expired,
    exists (select from senders s where s.id = d.sender_id and s.paused_at is not null) as paused`

// Claim takes up to n due deliveries. now is clock.Queue().
func Claim(ctx context.Context, q sqlx.QueryerContext, now clock.Due, n int) ([]Claimed, error) {
	var claimed []Claimed
	if err := sqlx.SelectContext(ctx, q, &claimed, claim, now, n, lease.Milliseconds()); err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}
