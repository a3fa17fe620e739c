package deliveries

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

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
	AsLinks   bool            `db:"as_links"` // its text has links in the place of its files
	Template  *string         `db:"template"` // channels.Template, as JSON
	Choices   *string         `db:"choices"`  // of channels.Choice
	Attempts  int             `db:"attempts"`
	Lookups   int             `db:"looks"`
	Claims    int             `db:"claims"`   // this one included
	TriedAt   *time.Time      `db:"tried_at"` // when it may have been sent before: look for it first
	Expired   bool            `db:"expired"`
	RequestID string          `db:"request_id"` // what it asks for; empty: nothing
	Stopped   channels.Reason `db:"stopped"`    // why it must not leave any more; empty: it may
	Paused    bool            `db:"paused"`     // the provider refused its sender the last time
	LineType  string          `db:"line_type"`  // of the number that is texted, as far as anybody said
	AskLine   bool            `db:"ask_line"`   // nobody said, and somebody wants to know before it is texted
	Service   string          `db:"service"`    // that sends in its sender's place; empty: none
	Rests     float64         `db:"rests"`      // seconds until its sender, which has more to send, may go on; 0: at once
	Oldest    time.Time       `db:"oldest"`     // when the oldest of its sender was due
}

// Lease is how long a claimed delivery is left alone. What a crash cut off is
// looked for within ten seconds, so it is short, and covers no more than one
// call to a provider: whoever makes two renews it in between.
const Lease = 9 * time.Second

// claim takes the oldest due deliveries, one of each company in turn, and of
// each of its senders, but none that has an older one to the same person before
// it, none of a sender that the provider refused a moment ago, none of an
// account whose slots are taken, and of no sender more than its pace allows. On
// WhatsApp six seconds lie between two to
// the same person, however the first one fared. It goes from sender to sender by the index:
// what waits behind one, be it a hundred thousand, costs the others nothing; and where a
// sender's start is known it begins there, so that it does not step over what was sent.
// From here on a delivery may have been sent, which tried_at remembers until
// the provider's answer is in.
//
// A sender's pace is one row that whoever claims holds, so that it is kept over
// all replicas by the database's clock; who finds it held leaves that sender to
// the other. What was tried before has been paid for. A pace of 80 a second is
// kept a tenth of a second at a time: a claim for each message would cost more
// than the message.
//
// What must not leave any more is claimed as well, and says so: whoever claims
// it ends it.
const claim = `
with recursive known as materialized (
    select sender_id, before, since from unnest($8::uuid[], $9::uuid[], $10::timestamptz[]) as k (sender_id, before, since)
), others as (
    select (select sender_id from deliveries where due_at is not null and sender_id > k.sender_id and sender_id < k.before order by sender_id limit 1), before
    from known k
    union all
    select (select sender_id from deliveries where due_at is not null and sender_id > o.sender_id and sender_id < o.before order by sender_id limit 1), before
    from others o where o.sender_id is not null
), waiting as materialized (
    select s.sender_id, s.since, min(d.due_at) as oldest
    from (select sender_id, since from known union all select sender_id, '-infinity' from others where sender_id is not null) s
    cross join (values (0::smallint), (1::smallint), (2::smallint)) as p (priority) cross join lateral (
        select due_at from deliveries where sender_id = s.sender_id and priority = p.priority and due_at >= s.since and due_at <= coalesce($1::timestamptz, now())
        order by due_at, seq limit 1) d
    group by s.sender_id, s.since
), busy as materialized (
    select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), awake as materialized (
    select w.*, coalesce(s.per_second, case when s.kind in ('whatsapp_cloud', 'whatsapp_twilio') then 80 else 1 end) as rate
    from waiting w left join senders s on s.id = w.sender_id
    where s.id is null or not (coalesce(s.paused_at > coalesce($1::timestamptz, now()) - interval '1 minute', false)
        or exists (select from busy where key = s.kind || ' ' || s.account and used >= $6::bigint))
), pace as materialized (
    select p.sender_id, greatest(p.tat, coalesce($1::timestamptz, now())) as tat from paces p
    where $7::boolean and p.sender_id in (select sender_id from awake) and p.tat <= coalesce($1::timestamptz, now()) + ` + together + `
    for update skip locked
), live as materialized (
    select a.sender_id, a.since, a.rate, coalesce(p.tat, coalesce($1::timestamptz, now())) as tat from awake a left join pace p using (sender_id)
    where p.sender_id is not null or not $7::boolean or not exists (select from paces where paces.sender_id = a.sender_id)
), first as materialized (
    select d.*, rate, tat, row_number() over turns as turn,
        coalesce(sum(d.price) over (turns rows between unbounded preceding and 1 preceding), 0) as paid
    from live cross join lateral (
        select d.* from (values (0::smallint), (1::smallint), (2::smallint)) as p (priority) cross join lateral (
        select sender_id, company_id, id, kind || ' ' || account as key, d.priority, due_at, seq, case when tried_at is null then cost else 0 end as price from deliveries d
        where d.sender_id = live.sender_id and d.priority = p.priority and due_at <= coalesce($1::timestamptz, now()) and due_at >= live.since
          and not exists (
            select from deliveries older
            where older.sender_id = d.sender_id and older.to_address = d.to_address and older.seq < d.seq and coalesce(older.due_at, 'infinity') < 'infinity')
          and case when d.kind in ('whatsapp_cloud', 'whatsapp_twilio') then not exists (
            select from deliveries sent
            where sent.sender_id = d.sender_id and sent.to_address = d.to_address and sent.id <> d.id
              and sent.tried_at > coalesce($1::timestamptz, now()) - interval '6 seconds' and sent.kind in ('whatsapp_cloud', 'whatsapp_twilio'))
            else true end
        order by due_at, seq limit least($2::bigint, $6::bigint)) d
        order by d.priority, d.due_at, d.seq limit least($2::bigint, $6::bigint)) d
    window turns as (partition by d.sender_id order by d.priority, d.due_at, d.seq)
), paced as materialized (
    select *, row_number() over (partition by company_id order by turn, due_at, seq) as company_turn from first
    where not $7::boolean or tat + paid / rate * interval '1 second' <= coalesce($1::timestamptz, now()) + ` + together + `
), room as materialized (
    select t.*, row_number() over (partition by t.key order by company_turn, due_at, seq) + coalesce(busy.used, 0) as slot
    from paced t left join busy on busy.key = t.key
), due as materialized (
    select d.company_id, d.id, d.tried_at, d.expires_at, room.price, room.rate
    from room join deliveries d on d.company_id = room.company_id and d.id = room.id and coalesce(d.due_at, 'infinity') <= coalesce($1::timestamptz, now())
    where room.slot <= $6::bigint
    order by room.company_turn, room.due_at, room.seq
    limit $2::bigint
    for update of d skip locked
), taken as (
    update deliveries d
    set due_at = coalesce($1::timestamptz, now()) + $3::bigint * interval '1 millisecond', claims = d.claims + 1, link_claims = d.link_claims + case when d.as_links then 2 else 1 end,
        priority = 0, tried_at = coalesce(d.tried_at, $1::timestamptz, now()), updated_at = now()
    from due
    where d.company_id = due.company_id and d.id = due.id
    returning d.company_id, d.id, d.team_id, coalesce(nullif(d.contact_id, '` + NoContact + `')::text, '') as contact_id, d.sender_id, d.kind, d.account, d.from_address, d.to_address, d.text, d.media, d.as_links, d.template, d.choices,
        d.attempts, d.looks, d.claims, due.tried_at, coalesce(d.request_id::text, '') as request_id,
        due.expires_at is not null and due.expires_at < coalesce($1::timestamptz, now()) as expired,
        exists (select from senders s where s.id = d.sender_id and s.paused_at is not null) as paused,
        coalesce((select s.settings ->> 'messaging_service' from senders s where s.id = d.sender_id), '') as service, ` + stopped + ` as stopped, ` + lineOf + `,
        due.price / due.rate * interval '1 second' as takes
), spent as (
    insert into paces as p (sender_id, tat)
    select sender_id, coalesce($1::timestamptz, now()) + sum(takes) from taken where $7::boolean group by sender_id having sum(takes) > interval '0'
    on conflict (sender_id) do update set tat = greatest(p.tat, coalesce($1::timestamptz, now())) + (excluded.tat - coalesce($1::timestamptz, now()))
    returning p.sender_id, p.tat
)
select t.company_id, t.id, t.team_id, t.contact_id, t.sender_id, t.kind, t.account, t.from_address, t.to_address, t.text, t.media, t.as_links, t.template, t.choices,
    t.attempts, t.looks, t.claims, t.tried_at, t.expired, t.request_id, t.paused, t.stopped, t.service, t.line_type, t.ask_line,
    case when (select count(*) from first f where f.sender_id = t.sender_id) > (select count(*) from taken o where o.sender_id = t.sender_id)
        then coalesce((select extract(epoch from s.tat - coalesce($1::timestamptz, now()) - ` + together + `) from spent s where s.sender_id = t.sender_id), 0)
        else 0 end as rests, (select oldest from waiting w where w.sender_id = t.sender_id) as oldest
from taken t`

// together is how much of a second's messages may leave at once.
const together = `interval '100 milliseconds'`

// oldest is each sender's oldest message, due or not.
const oldest = `
with recursive first as (
    (select sender_id, priority, due_at from deliveries where due_at is not null order by sender_id, priority, due_at, seq limit 1)
    union all
    select next.* from first f cross join lateral (
        select sender_id, priority, due_at from deliveries where due_at is not null and (sender_id, priority) > (f.sender_id, f.priority)
        order by sender_id, priority, due_at, seq limit 1) next
)
select sender_id as key, least(min(due_at), coalesce($1::timestamptz, now())) as due_at from first group by sender_id`

// Oldest looks from the very beginning when each sender's next claim has to begin.
func Oldest(ctx context.Context, q sqlx.QueryerContext, now clock.Due) ([]queue.Start, error) {
	var found []queue.Start
	if err := sqlx.SelectContext(ctx, q, &found, oldest, now); err != nil {
		return nil, fmt.Errorf("the oldest deliveries: %w", err)
	}
	return found, nil
}

// Claim takes due deliveries from where the look begins, no more than there is room for;
// paced: and of no sender more than its pace allows.
func Claim(ctx context.Context, q sqlx.QueryerContext, now clock.Due, look queue.Look, room queue.Room, paced bool) ([]Claimed, error) {
	var claimed []Claimed
	if err := sqlx.SelectContext(ctx, q, &claimed, claim, now, room.Free, Lease.Milliseconds(), room.Keys, room.Used, room.Each, paced,
		look.Keys, look.Ends, look.Since); err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	for _, c := range claimed {
		look.Found(c.SenderID, c.Oldest)
	}
	return claimed, nil
}

const putBack = `
update deliveries d set due_at = coalesce($5::timestamptz, now()), tried_at = back.tried_at
from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[]) as back (company_id, id, claims, tried_at)
where d.company_id = back.company_id and d.id = back.id and d.claims = back.claims and coalesce(d.due_at, '-infinity') > '-infinity'`

// PutBack undoes a claim: nothing of it has left.
func PutBack(ctx context.Context, q sqlx.ExecerContext, all []Claimed, now clock.Due) error {
	companies, ids := make([]string, len(all)), make([]string, len(all))
	claims, tried := make([]int64, len(all)), make([]*time.Time, len(all))
	for n, c := range all {
		companies[n], ids[n], claims[n], tried[n] = c.CompanyID, c.ID, int64(c.Claims), c.TriedAt
	}
	if _, err := q.ExecContext(ctx, putBack, pq.Array(companies), pq.Array(ids), pq.Array(claims), pq.Array(tried), now); err != nil {
		return fmt.Errorf("put %d claimed deliveries back: %w", len(all), err)
	}
	return nil
}

// Rests is how long to wait before it pays to claim more: until the first of the
// senders that have something waiting may send again. 0: none is held by its pace.
func Rests(all []Claimed) time.Duration {
	var shortest float64
	for _, c := range all {
		if c.Rests > 0 && (shortest == 0 || c.Rests < shortest) {
			shortest = c.Rests
		}
	}
	return time.Duration(shortest * float64(time.Second))
}

const rest = `
insert into paces as p (sender_id, tat) values ($1, coalesce($2::timestamptz, now()) + $3::bigint * interval '1 millisecond')
on conflict (sender_id) do update set tat = greatest(p.tat, excluded.tat)`

// Rest has a sender that was too fast for the provider send nothing for a while,
// in every replica that is paced.
func Rest(ctx context.Context, q sqlx.ExecerContext, sender string, wait time.Duration, now clock.Due) error {
	if _, err := q.ExecContext(ctx, rest, sender, now, wait.Milliseconds()); err != nil {
		return fmt.Errorf("sender %s rests: %w", sender, err)
	}
	return nil
}

// Bulkhead is what a delivery shares its slots with: the provider's account.
func (c Claimed) Bulkhead() string { return string(c.Kind) + " " + c.Account }

const renew = `
update deliveries set due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and claims = $3 and coalesce(due_at, '-infinity') > '-infinity'`

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
