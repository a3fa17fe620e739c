package settings

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"golang.org/x/time/rate"

	"ringback/channels"
	"ringback/channels/clock"
)

// SenderHealthRecorder notes what is seen of the senders at the doors. What goes well is
// noted once a minute, so that it costs nothing; what was not signed by the
// provider is counted each time, up to a rate, for anybody can send it.
type SenderHealthRecorder struct {
	db      *sqlx.DB
	account string // the environment's
	failing *rate.Limiter

	mu   sync.Mutex
	seen *simplelru.LRU[string, time.Time] // by account, kind and address
}

// Failures beyond these in a second, in this process, are neither counted nor
// let in: a flood must not become one of the database's.
const (
	failuresPerSecond = 20
	failuresAtOnce    = 50
)

// seenEvery is how exactly "last seen" is known, and seenKept for how many senders.
const (
	seenEvery = time.Minute
	seenKept  = 10_000
)

// NewSenderHealthRecorder returns a watch over all senders.
func NewSenderHealthRecorder(db *sqlx.DB, account string) *SenderHealthRecorder {
	seen, err := simplelru.NewLRU[string, time.Time](seenKept, nil)
	if err != nil {
		panic(err) // of a size below one
	}
	return &SenderHealthRecorder{db: db, account: account, failing: rate.NewLimiter(failuresPerSecond, failuresAtOnce), seen: seen}
}

// The sender of an event is found as it is when the event is recorded.
const theirSenders = `
with told as (
	select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as t (kind, account, address, named)
), hit as (
	select s.company_id, s.id, s.observe from told t cross join lateral (
		select company_id, id, coalesce((settings ->> 'observe')::boolean, false) as observe from senders
		where (case when t.named <> '' then id = t.named::uuid
				when t.kind = 'whatsapp_cloud' then kind = t.kind and account = t.address
				when starts_with(t.address, 'rcs:') then kind = t.kind and settings ->> 'rcs_agent' = substr(t.address, 5)
				else kind = t.kind and address = t.address end)
			and account in (t.account, '') and (account <> '' or t.account = $5)
		order by account desc limit 1) s
)`

const noteSeen = theirSenders + `
insert into sender_health (company_id, sender_id, last_webhook_at)
select distinct company_id, id, coalesce($6::timestamptz, now()) from hit order by 1, 2
on conflict (company_id, sender_id) do update set last_webhook_at = greatest(sender_health.last_webhook_at, excluded.last_webhook_at)`

// Seen notes that providers told these, when it was not noted lately. Queue is
// clock.Clock.Queue().
func (w *SenderHealthRecorder) Seen(ctx context.Context, told []channels.Event, queue clock.Due) error {
	fresh := w.fresh(told, queue.Or(time.Now()))
	if len(fresh) == 0 {
		return nil
	}
	if _, err := w.db.ExecContext(ctx, noteSeen, append(columnsOf(fresh), w.account, queue)...); err != nil {
		return fmt.Errorf("note what was seen of senders: %w", err)
	}
	return nil
}

// fresh is what was not noted within a minute. A played clock goes back as well.
func (w *SenderHealthRecorder) fresh(told []channels.Event, now time.Time) []channels.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fresh []channels.Event
	for _, e := range told {
		key := e.Account + " " + string(e.Sender) + " " + e.SenderAddress + " " + e.SenderID
		if last, ok := w.seen.Get(key); ok && now.Sub(last).Abs() < seenEvery {
			continue
		}
		w.seen.Add(key, now)
		fresh = append(fresh, e)
	}
	return fresh
}

const noteFailed = theirSenders + `, counted as (
	insert into sender_health (company_id, sender_id, signature_failures, signature_failed_at)
	select distinct company_id, id, 1, coalesce($6::timestamptz, now()) from hit order by 1, 2
	on conflict (company_id, sender_id) do update set signature_failures = sender_health.signature_failures + 1, signature_failed_at = excluded.signature_failed_at
)
select count(*) > 0 and count(*) = (select count(*) from told) and bool_and(observe) from hit`

// Failed counts a request that is not signed as it should be, against the
// senders that it is about, and reports whether all of them are only being
// observed: then it is taken all the same. The events are what it says and
// nobody has proven.
func (w *SenderHealthRecorder) Failed(ctx context.Context, told []channels.Event, queue clock.Due) (observed bool, err error) {
	if len(told) == 0 || !w.failing.Allow() {
		return false, nil
	}
	for _, e := range told {
		if e.SenderID != "" && !IsID(e.SenderID) {
			return false, nil
		}
	}
	var all *bool
	if err := w.db.QueryRowxContext(ctx, noteFailed, append(columnsOf(told), w.account, queue)...).Scan(&all); err != nil {
		return false, fmt.Errorf("count a wrong signature: %w", err)
	}
	return all != nil && *all, nil
}

// columnsOf are the events' names of their senders.
func columnsOf(told []channels.Event) []any {
	var kinds, accounts, ours, named pq.StringArray
	for _, e := range told {
		kinds, accounts, ours, named = append(kinds, string(e.Sender)), append(accounts, e.Account), append(ours, e.SenderAddress), append(named, e.SenderID)
	}
	return []any{kinds, accounts, ours, named}
}

// Health is how a sender fares.
type Health struct {
	LastWebhookAt     *time.Time `db:"last_webhook_at" json:"last_webhook_at" doc:"When its provider last told us anything of it, to the minute; null: never"`
	SignatureFailures int        `db:"signature_failures" json:"signature_failures" doc:"Requests about it that were not signed as they should be"`
	SignatureFailedAt *time.Time `db:"signature_failed_at" json:"signature_failed_at"`
	FailedLastDay     int        `db:"failed_last_day" json:"failed_last_day" doc:"Messages of the last 24 hours that did not go out or arrive; counted up to 1000"`
	Unheard           int        `db:"unheard" json:"unheard" doc:"Messages of the last 24 hours that the provider took, and of which it has said nothing for twenty minutes; counted up to 1000"`
}

// What fails is little beside what arrives: it is read by its state.
const healthOf = `
select s.id, h.last_webhook_at, coalesce(h.signature_failures, 0) as signature_failures, h.signature_failed_at,
	(select count(*) from (select from deliveries d
		where d.company_id = $1 and d.state = any(array['failed', 'undelivered', 'expired']) and d.id > $3 and d.sender_id = s.id limit 1000) f) as failed_last_day,
	(select count(*) from (select from deliveries d
		where d.company_id = $1 and d.state = 'sending' and d.id > $3 and d.sender_id = s.id and d.kind <> 'webchat' and d.sent_at < $4 limit 1000) u) as unheard
from unnest($2::uuid[]) s (id) left join sender_health h on h.company_id = $1 and h.sender_id = s.id`

// HealthOf returns the health of the company's senders of those ids.
func HealthOf(ctx context.Context, q sqlx.QueryerContext, companyID string, senders []string) (map[string]Health, error) {
	var rows []struct {
		ID string `db:"id"`
		Health
	}
	now := time.Now()
	if err := sqlx.SelectContext(ctx, q, &rows, healthOf, companyID, pq.Array(senders), firstOf(now.Add(-24*time.Hour)), now.Add(-20*time.Minute)); err != nil {
		return nil, fmt.Errorf("health of senders: %w", err)
	}
	found := map[string]Health{}
	for _, row := range rows {
		found[row.ID] = row.Health
	}
	return found, nil
}

// firstOf is the first id that could be made at a time.
func firstOf(at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|7<<12)
	id[8] = 0x80
	return id.String()
}
