package notifications

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/queue"
)

// claimed is one notice of a batch that is ours to send until the lease runs out.
type claimed struct {
	CompanyID string          `db:"company_id"`
	ID        string          `db:"id"`
	Staff     string          `db:"staff_id"`
	Device    *string         `db:"device_id"`
	Batch     string          `db:"batch"`
	Attempts  int             `db:"attempts"` // this one included
	Created   time.Time       `db:"created_at"`
	Kind      string          `db:"kind"`
	DedupeKey string          `db:"thing"`
	Team      *string         `db:"team_id"`
	Ticket    *string         `db:"ticket_id"`
	At        time.Time       `db:"at"`
	Raw       json.RawMessage `db:"about"`
	About     About           `db:"-"`
}

// batch is the notices that go to one person in one message.
type batch []claimed

// lease is how long a claimed batch is left alone: longer than any send takes.
const lease = time.Minute

// together is how many notices one message tells of at most.
const together = 20

// claim locks the oldest notice that is due and with it what else waits for the
// same person on the same way: who comes back in the morning gets one message.
// What went out together once is tried again together and alone, so that the
// message keeps its name, which is its first notice's, and its content.
const claim = `
with first as materialized (
	select company_id, id, staff_id, device_id, batch from notice_sends
	where way = $1 and due_at <= coalesce($2::timestamptz, now()) and (batch is null or batch = id)
	order by due_at limit 1 for update skip locked
), more as materialized (
	select s.company_id, s.id from first f join notice_sends s on s.company_id = f.company_id and s.staff_id = f.staff_id
	where s.way = $1 and s.due_at <= coalesce($2::timestamptz, now())
		and s.device_id is not distinct from f.device_id and s.batch is not distinct from f.batch and s.id <> f.id
	order by s.due_at limit $3 for update of s skip locked
)
select company_id, id from first union all select company_id, id from more`

// alone lets one worker at a time claim of a way: two that did so together would
// share out what waits for a person, and make two messages of it.
const alone = `select pg_advisory_xact_lock(hashtextextended('notices/' || $1, 0))`

var (
	// drop lets go of what waited for a shift and was seen to before it began.
	drop = `
update notice_sends s set state = 'dropped', due_at = null, updated_at = now()
from notices n
where s.company_id = $1 and s.id = any($2) and s.held and s.attempts = 0
	and n.company_id = s.company_id and n.id = s.notice_id and n.ticket_id is not null
	and (` + fmt.Sprintf(touched, "n", "n.at") + ` or exists (
		select from tickets t where t.company_id = n.company_id and t.id = n.ticket_id and t.status = 'closed'))`

	take = `
with mine as materialized ( -- by the key, however many others wait
	select s.id from unnest($2::uuid[]) as i (id) cross join lateral (
		select id, due_at from notice_sends where company_id = $1 and id = i.id offset 0) s
	where s.due_at is not null
), b as (select min(id::text)::uuid as id from mine)
update notice_sends s set batch = coalesce(s.batch, b.id), attempts = s.attempts + 1, updated_at = now(),
	due_at = coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond'
from b, mine, notices n
where s.company_id = $1 and s.id = mine.id and n.company_id = s.company_id and n.id = s.notice_id
returning s.company_id, s.id, s.staff_id, s.device_id, s.batch, s.attempts, s.created_at, n.kind, n.thing, n.team_id, n.ticket_id, n.at, n.about`
)

// claim returns batches, each for one person, the oldest first.
func (b *Notifier) claim(ctx context.Context, way string, room queue.Room) ([]batch, error) {
	var all []batch
	for len(all) < room.Free {
		one, found, err := b.claimOne(ctx, way)
		if err != nil && len(all) == 0 {
			return nil, err
		}
		if err != nil || !found {
			break
		}
		if len(one) > 0 {
			all = append(all, one)
		}
	}
	return all, nil
}

// claimOne returns a batch for one person, and whether anything was due.
func (b *Notifier) claimOne(ctx context.Context, way string) (batch, bool, error) {
	tx, err := b.DB.BeginTxx(ctx, nil)
	if err != nil {
		return nil, false, fmt.Errorf("claim notices: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	if _, err := tx.ExecContext(ctx, alone, way); err != nil {
		return nil, false, fmt.Errorf("claim notices: %w", err)
	}
	var due batch
	if err := tx.SelectContext(ctx, &due, claim, way, b.Clock.Queue(), together-1); err != nil {
		return nil, false, fmt.Errorf("claim notices: %w", err)
	}
	if len(due) == 0 {
		return nil, false, nil
	}
	if _, err := tx.ExecContext(ctx, drop, due[0].CompanyID, ids(due)); err != nil {
		return nil, false, fmt.Errorf("drop notices: %w", err)
	}
	var found batch
	if err := tx.SelectContext(ctx, &found, take, due[0].CompanyID, ids(due), b.Clock.Queue(), lease.Milliseconds()); err != nil {
		return nil, false, fmt.Errorf("claim notices: %w", err)
	}
	for n := range found {
		if err := json.Unmarshal(found[n].Raw, &found[n].About); err != nil {
			return nil, false, fmt.Errorf("notice for %s: %w", found[n].Staff, err)
		}
	}
	slices.SortStableFunc(found, func(a, b claimed) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	return found, true, tx.Commit()
}

const renew = `
update notice_sends set due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = any($2) and attempts = $3 and state = 'queued'`

func (b *Notifier) renew(ctx context.Context, all batch) (bool, error) {
	result, err := b.DB.ExecContext(ctx, renew, all[0].CompanyID, ids(all), all[0].Attempts, b.Clock.Queue(), lease.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("notice %s: renew: %w", all[0].Batch, err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// What came of a claim counts only while the claim is the last one.
const (
	sent = `
update notice_sends set state = 'sent', error = '', due_at = null, updated_at = now()
where company_id = $1 and id = any($2) and attempts = $3 and state = 'queued'`

	failed = `
update notice_sends set error = $4, updated_at = now(),
	state = case when $5 >= 0 and coalesce($6::timestamptz, now()) + $5::bigint * interval '1 millisecond' < expires_at then 'queued' else 'failed' end,
	due_at = case when $5 >= 0 and coalesce($6::timestamptz, now()) + $5::bigint * interval '1 millisecond' < expires_at
		then coalesce($6::timestamptz, now()) + $5::bigint * interval '1 millisecond' end
where company_id = $1 and id = any($2) and attempts = $3 and state = 'queued'`
)

func (b *Notifier) sent(ctx context.Context, q sqlx.ExecerContext, all batch) error {
	if _, err := q.ExecContext(ctx, sent, all[0].CompanyID, ids(all), all[0].Attempts); err != nil {
		return fmt.Errorf("notice %s: sent: %w", all[0].Batch, err)
	}
	return nil
}

// again plans the next try; never, when it makes no sense.
func (b *Notifier) again(ctx context.Context, all batch, why error, never bool) error {
	wait := waits.After(all[0].Attempts).Milliseconds()
	if never {
		wait = -1
	}
	b.Log.Warn("a notice was not taken", "notice", all[0].Batch, "staff", all[0].Staff, "attempt", all[0].Attempts, "last", never, "error", why)
	if _, err := b.DB.ExecContext(ctx, failed, all[0].CompanyID, ids(all), all[0].Attempts, shorten(strings.ToValidUTF8(why.Error(), ""), 300), wait, b.Clock.Queue()); err != nil {
		return fmt.Errorf("notice %s: again: %w", all[0].Batch, err)
	}
	return nil
}

func ids(all batch) pq.StringArray {
	var found pq.StringArray
	for _, c := range all {
		found = append(found, c.ID)
	}
	return found
}

// waits are short at first, then half an hour each.
var waits = queue.Waits{5 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
