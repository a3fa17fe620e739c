package media

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/queue"
	"ringback/settings"
)

// claimed is a file that is ours to fetch until its lease runs out.
type claimed struct {
	CompanyID string          `db:"company_id"`
	ID        string          `db:"id"`
	TeamID    string          `db:"team_id"`
	Kind      channels.Kind   `db:"kind"`
	Account   string          `db:"account"`
	Source    json.RawMessage `db:"source"`
	Attempts  int             `db:"attempts"` // this one included
}

// lease is how long a claimed file is left alone, beyond the time that
// fetching it may take.
const lease = 30 * time.Second

// claim takes what has waited longest, of one company in turn, and none of an
// account at a provider whose slots are taken. It goes from account to account
// by the index: what waits behind one that hangs costs the others nothing.
const claim = `
with recursive accounts as (
	(select company_id, kind, account from media where due_at is not null order by company_id, kind, account limit 1)
	union all
	select n.company_id, n.kind, n.account from accounts a cross join lateral (
		select company_id, kind, account from media
		where due_at is not null and (company_id, kind, account) > (a.company_id, a.kind, a.account)
		order by company_id, kind, account limit 1) n
), busy as materialized (
	select key, used from unnest($4::text[], $5::bigint[]) as b (key, used)
), first as materialized (
	select d.*, a.kind || ' ' || a.account as key, row_number() over (partition by a.company_id order by d.due_at) as turn
	from accounts a cross join lateral (
		select company_id, id, due_at from media
		where company_id = a.company_id and kind = a.kind and account = a.account and due_at <= coalesce($1::timestamptz, now())
		order by due_at limit least($3::bigint, $6::bigint)) d
	where not exists (select from busy where key = a.kind || ' ' || a.account and used >= $6::bigint)
), room as materialized (
	select f.*, row_number() over (partition by f.key order by turn, due_at) + coalesce(busy.used, 0) as slot
	from first f left join busy on busy.key = f.key
), due as materialized (
	select m.company_id, m.id from room r
	join media m on m.company_id = r.company_id and m.id = r.id and coalesce(m.due_at, 'infinity') <= coalesce($1::timestamptz, now())
	where r.slot <= $6::bigint
	order by r.turn, r.due_at limit $3::bigint for update of m skip locked
)
update media m set due_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', attempts = m.attempts + 1
from due where m.company_id = due.company_id and m.id = due.id
returning m.company_id, m.id, m.team_id, m.kind, m.account, m.source, m.attempts`

func (a *Archive) lease() time.Duration { return a.Patience + lease }

func (a *Archive) claim(ctx context.Context, room queue.Room) ([]claimed, error) {
	var due []claimed
	if err := sqlx.SelectContext(ctx, a.DB, &due, claim, a.Clock.Queue(), a.lease().Milliseconds(), room.Free, room.Keys, room.Used, room.Each); err != nil {
		return nil, fmt.Errorf("claim media: %w", err)
	}
	return due, nil
}

const renew = `
update media set due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and attempts = $3 and state = 'waiting'`

func (a *Archive) renew(ctx context.Context, c claimed) (bool, error) {
	result, err := a.DB.ExecContext(ctx, renew, c.CompanyID, c.ID, c.Attempts, a.Clock.Queue(), a.lease().Milliseconds())
	if err != nil {
		return false, fmt.Errorf("media %s: renew: %w", c.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// What came of a claim counts only while the claim is the last one: a worker
// that was away too long changes nothing.
const (
	keep = `
update media set state = 'stored', reason = '', content_type = $4, size = $5, name = case when name = '' then $6 else name end,
	thumbnail = $7, stored_at = now(), due_at = null,
	transcript_due_at = case when $8 and call_id is not null and $4 like 'audio/%' then coalesce($9::timestamptz, now()) end
where company_id = $1 and id = $2 and attempts = $3 and state = 'waiting'`

	giveUp = `update media set state = $4, reason = $5, due_at = null where company_id = $1 and id = $2 and attempts = $3 and state = 'waiting'`

	again = `
update media set reason = $4, due_at = coalesce($5::timestamptz, now()) + $6::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and attempts = $3 and state = 'waiting'`
)

func (a *Archive) settle(ctx context.Context, c claimed, query string, args ...any) error {
	if _, err := a.DB.ExecContext(ctx, query, append([]any{c.CompanyID, c.ID, c.Attempts}, args...)...); err != nil {
		return fmt.Errorf("media %s: %w", c.ID, err)
	}
	return nil
}

const retry = `
update media set state = 'waiting', reason = '', attempts = 0, due_at = coalesce($4::timestamptz, now())
where company_id = $1 and team_id = $2 and id = $3 and state = 'failed'`

// Retry has a file fetched again that the provider did not give. One that is
// in another state is a *settings.Conflict.
func (a *Archive) Retry(ctx context.Context, company, team, id string) (Media, error) {
	done, err := a.DB.ExecContext(ctx, retry, company, team, id, a.Clock.Queue())
	if err != nil {
		return Media{}, fmt.Errorf("media %s: %w", id, err)
	}
	m, err := Find(ctx, a.DB, company, team, id)
	if n, _ := done.RowsAffected(); err == nil && n == 0 && m.State != Waiting {
		return m, settings.NewConflict("state", "fetch_again", "State", m.State)
	}
	return m, err
}
