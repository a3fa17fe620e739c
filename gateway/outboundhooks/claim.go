package outboundhooks

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/httpcall"
	"ringback/gateway/notifications"
	"ringback/gateway/queue"
	"ringback/settings"
	"ringback/settings/transaction"
)

// claimed is a delivery that is ours to post until its lease runs out.
type claimed struct {
	CompanyID string          `db:"company_id"`
	HookID    string          `db:"hook_id"`
	ID        string          `db:"id"`
	Payload   json.RawMessage `db:"payload"`
	Attempts  int             `db:"attempts"` // this one included
	URL       string          `db:"url"`
	Host      string          `db:"host"`
	Secret    []byte          `db:"secret"`
	Former    []byte          `db:"former_secret"` // nil: no other signs any more
}

// lease is how long a claimed delivery is left alone: longer than a post takes.
const lease = httpcall.Patience + 20*time.Second

// claim goes from address to address by the index: what waits for one that
// rests, or for a host whose slots are taken, be it a hundred thousand, costs the others
// nothing. Companies take turns, and so do the addresses of each. Leases and due
// times are the database's, also while a demo's clock stands elsewhere: the
// other side lives in the real time.
const claim = `
with recursive waiting as (
	(select hook_id from hook_deliveries where due_at is not null order by hook_id limit 1)
	union all
	select (select hook_id from hook_deliveries where due_at is not null and hook_id > w.hook_id order by hook_id limit 1)
	from waiting w where w.hook_id is not null
), busy as materialized (
	select key, used from unnest($3::text[], $4::bigint[]) as b (key, used)
), awake as materialized (
	select h.id, ` + host + ` as host from waiting w join hooks h on h.id = w.hook_id and h.enabled and h.rests_until <= now()
	where not exists (select from busy where key = ` + host + ` and used >= $5::bigint)
), first as materialized (
	select d.*, h.host, row_number() over (partition by d.hook_id order by d.due_at) as turn from awake h
	cross join lateral (
		select company_id, hook_id, id, due_at from hook_deliveries
		where hook_id = h.id and due_at <= now() order by due_at limit least($2::bigint, $5::bigint)) d
), turns as materialized (
	select *, row_number() over (partition by company_id order by turn, due_at) as company_turn from first
), room as materialized (
	select t.*, row_number() over (partition by t.host order by company_turn, due_at) + coalesce(busy.used, 0) as slot
	from turns t left join busy on busy.key = t.host
), due as materialized (
	select d.company_id, d.hook_id, d.id, r.host from room r
	join hook_deliveries d on d.company_id = r.company_id and d.hook_id = r.hook_id and d.id = r.id and coalesce(d.due_at, 'infinity') <= now()
	where r.slot <= $5::bigint
	order by r.company_turn, r.due_at limit $2::bigint for update of d skip locked
)
update hook_deliveries d
set due_at = now() + $1::bigint * interval '1 millisecond', attempts = d.attempts + 1, updated_at = now()
from due join hooks h on h.company_id = due.company_id and h.id = due.hook_id
where d.company_id = due.company_id and d.hook_id = due.hook_id and d.id = due.id
returning d.company_id, d.hook_id, d.id, d.payload, d.attempts, h.url, due.host, h.secret,
	case when h.former_until > now() then h.former_secret end former_secret`

// host is the part of a hook's address, which check has let in, that says where
// it leads.
const host = `lower(split_part(h.url, '/', 3))`

func (c *Dispatcher) claim(ctx context.Context, room queue.Room) ([]claimed, error) {
	var due []claimed
	return due, wrap(sqlx.SelectContext(ctx, c.DB, &due, claim, lease.Milliseconds(), room.Free, room.Keys, room.Used, room.Each), "claim hooks' deliveries")
}

const renew = `
update hook_deliveries set due_at = now() + $5::bigint * interval '1 millisecond'
where company_id = $1 and hook_id = $2 and id = $3 and attempts = $4 and coalesce(due_at, '-infinity') > '-infinity'`

func (c *Dispatcher) renew(ctx context.Context, d claimed) (bool, error) {
	result, err := c.DB.ExecContext(ctx, renew, d.CompanyID, d.HookID, d.ID, d.Attempts, lease.Milliseconds())
	if err != nil {
		return false, wrap(err, "renew hook's delivery "+d.ID)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// What came of a claim counts only while the claim is the last one.
const (
	delivered = `
update hook_deliveries set state = 'delivered', status = $5, error = '', due_at = null, updated_at = now()
where company_id = $1 and hook_id = $2 and id = $3 and attempts = $4 and state = 'queued'`

	awake = `update hooks set failures = 0, rests_until = now() where company_id = $1 and id = $2 and failures > 0`

	// failed says whether it is given up.
	failed = `
update hook_deliveries set status = nullif($5, 0), error = $6, updated_at = now(),
	state = case when now() + $7::bigint * interval '1 millisecond' < expires_at then 'queued' else 'failed' end,
	due_at = case when now() + $7::bigint * interval '1 millisecond' < expires_at then now() + $7::bigint * interval '1 millisecond' end
where company_id = $1 and hook_id = $2 and id = $3 and attempts = $4 and state = 'queued'
returning state = 'failed'`

	// rest lets an address that fails be asked less and less, up to every five
	// minutes, however much waits for it.
	rest = `
update hooks set failures = failures + 1, rests_until = now() + least(300, 2 ^ least(failures, 10)) * interval '1 second'
where company_id = $1 and id = $2`

	switchOff = `update hooks set enabled = false, updated_at = now() where company_id = $1 and id = $2 and enabled returning ` + columns

	givenUp = `
update hook_deliveries set state = 'failed', due_at = null, updated_at = now(),
	error = case when error = '' then 'hook_off' else error end
where company_id = $1 and hook_id = $2 and due_at is not null`
)

func (c *Dispatcher) delivered(ctx context.Context, d claimed, status int) error {
	_, err := c.DB.ExecContext(ctx, delivered, d.CompanyID, d.HookID, d.ID, d.Attempts, status)
	if err == nil {
		_, err = c.DB.ExecContext(ctx, awake, d.CompanyID, d.HookID)
	}
	return wrap(err, "hook's delivery "+d.ID)
}

func (c *Dispatcher) failed(ctx context.Context, d claimed, status int, code string) error {
	return transaction.Run(ctx, c.DB, func(tx *sqlx.Tx) error {
		return d.failed(ctx, tx, status, code)
	})
}

// failed plans the next try, or gives the delivery up after its day and tells the admins.
func (d claimed) failed(ctx context.Context, tx *sqlx.Tx, status int, code string) error {
	var over bool
	err := tx.GetContext(ctx, &over, failed, d.CompanyID, d.HookID, d.ID, d.Attempts, status, code, waits.After(d.Attempts).Milliseconds())
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return wrap(err, "hook's delivery "+d.ID)
	}
	if _, err := tx.ExecContext(ctx, rest, d.CompanyID, d.HookID); err != nil {
		return wrap(err, "hook "+d.HookID)
	}
	if !over {
		return nil
	}
	return d.tellAdmins(ctx, tx, code)
}

// gone switches off an address that said that it is no more.
func (c *Dispatcher) gone(ctx context.Context, d claimed, status int, code string) error {
	return transaction.Run(ctx, c.DB, func(tx *sqlx.Tx) error {
		var off Hook
		err := tx.GetContext(ctx, &off, switchOff, d.CompanyID, d.HookID)
		switch {
		case errors.Is(err, sql.ErrNoRows): // by somebody else, meanwhile
		case err != nil:
			return fmt.Errorf("hook %s: switch off: %w", d.HookID, err)
		default:
			on := off
			on.Enabled = true
			if err := settings.NoteOfCompany(ctx, tx, d.CompanyID, "Ringback", "hook", d.HookID, on.noted(), off.noted()); err != nil {
				return err
			}
			if err := d.tellAdmins(ctx, tx, notifications.HookGone); err != nil {
				return err
			}
		}
		if err := d.failed(ctx, tx, status, code); err != nil {
			return err
		}
		return giveUp(ctx, tx, d.CompanyID, d.HookID)
	})
}

// tellAdmins tells them that nothing arrives at an address, once a day for each word. Of
// the address they read the host: the rest may hold a secret.
func (d claimed) tellAdmins(ctx context.Context, tx *sqlx.Tx, word string) error {
	now := time.Now()
	return notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: d.CompanyID, Kind: notifications.HookFailing, DedupeKey: d.HookID + "/" + word + "/" + now.UTC().Format(time.DateOnly), At: now,
		About: notifications.About{Text: d.Host, Word: word},
	})
}

func giveUp(ctx context.Context, q sqlx.ExecerContext, company, hook string) error {
	_, err := q.ExecContext(ctx, givenUp, company, hook)
	return wrap(err, "hook "+hook+": give up")
}

// waits are short at first, then every four hours.
var waits = queue.Waits{5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 4 * time.Hour}
