package outboundhooks

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// claimed is a delivery that is ours to post until its lease runs out.
type claimed struct {
	CompanyID string          `db:"company_id"`
	HookID    string          `db:"hook_id"`
	ID        string          `db:"id"`
	Payload   json.RawMessage `db:"payload"`
	Attempts  int             `db:"attempts"` // this one included
	URL       string          `db:"url"`
	Secret    []byte          `db:"secret"`
	Former    []byte          `db:"former_secret"` // nil: no other signs any more
}

// lease is how long a claimed delivery is left alone.
const lease = patience + 20*time.Second

// claim goes from address to address by the index: what waits for one that
// rests, be it a hundred thousand, costs the others nothing. Leases and due
// times are the database's, also while a demo's clock stands elsewhere: the
// other side lives in the real time.
const claim = `
with recursive waiting as (
	(select hook_id from hook_deliveries where due_at is not null order by hook_id limit 1)
	union all
	select (select hook_id from hook_deliveries where due_at is not null and hook_id > w.hook_id order by hook_id limit 1)
	from waiting w where w.hook_id is not null
), first as materialized (
	select d.* from waiting w
	join hooks h on h.id = w.hook_id and h.enabled and h.rests_until <= now()
	cross join lateral (
		select company_id, hook_id, id, due_at from hook_deliveries
		where hook_id = w.hook_id and due_at <= now() order by due_at limit 8) d
), due as materialized (
	select d.company_id, d.hook_id, d.id from first f
	join hook_deliveries d on d.company_id = f.company_id and d.hook_id = f.hook_id and d.id = f.id and d.due_at <= now()
	order by f.due_at limit 1 for update of d skip locked
)
update hook_deliveries d
set due_at = now() + $1::bigint * interval '1 millisecond', attempts = d.attempts + 1, updated_at = now()
from due join hooks h on h.company_id = due.company_id and h.id = due.hook_id
where d.company_id = due.company_id and d.hook_id = due.hook_id and d.id = due.id
returning d.company_id, d.hook_id, d.id, d.payload, d.attempts, h.url, h.secret,
	case when h.former_until > now() then h.former_secret end former_secret`

func (c *Dispatcher) claim(ctx context.Context) (claimed, bool, error) {
	var d claimed
	err := sqlx.GetContext(ctx, c.DB, &d, claim, lease.Milliseconds())
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	return d, err == nil, wrap(err, "claim a hook's delivery")
}

// What came of a claim counts only while the claim is the last one.
const (
	delivered = `
update hook_deliveries set state = 'delivered', status = $5, error = '', due_at = null, updated_at = now()
where company_id = $1 and hook_id = $2 and id = $3 and attempts = $4 and state = 'queued'`

	awake = `update hooks set failures = 0, rests_until = now() where company_id = $1 and id = $2 and failures > 0`

	failed = `
update hook_deliveries set status = nullif($5, 0), error = $6, updated_at = now(),
	state = case when now() + $7::bigint * interval '1 millisecond' < expires_at then 'queued' else 'failed' end,
	due_at = case when now() + $7::bigint * interval '1 millisecond' < expires_at then now() + $7::bigint * interval '1 millisecond' end
where company_id = $1 and hook_id = $2 and id = $3 and attempts = $4 and state = 'queued'`

	// rest lets an address that fails be asked less and less, up to every five
	// minutes, however much waits for it.
	rest = `
update hooks set failures = failures + 1, rests_until = now() + least(300, 2 ^ least(failures, 10)) * interval '1 second'
where company_id = $1 and id = $2`

	switchOff = `update hooks set enabled = false, updated_at = now() where company_id = $1 and id = $2`

	givenUp = `
update hook_deliveries set state = 'failed', due_at = null, updated_at = now(),
	error = case when error = '' then 'the address was switched off' else error end
where company_id = $1 and hook_id = $2 and due_at is not null`
)

func (c *Dispatcher) delivered(ctx context.Context, d claimed, status int) error {
	_, err := c.DB.ExecContext(ctx, delivered, d.CompanyID, d.HookID, d.ID, d.Attempts, status)
	if err == nil {
		_, err = c.DB.ExecContext(ctx, awake, d.CompanyID, d.HookID)
	}
	return wrap(err, "hook's delivery "+d.ID)
}

func (c *Dispatcher) failed(ctx context.Context, d claimed, status int, words string) error {
	_, err := c.DB.ExecContext(ctx, failed, d.CompanyID, d.HookID, d.ID, d.Attempts, status, words, backoff(d.Attempts).Milliseconds())
	if err == nil {
		_, err = c.DB.ExecContext(ctx, rest, d.CompanyID, d.HookID)
	}
	return wrap(err, "hook's delivery "+d.ID)
}

// gone switches off an address that said that it is no more.
func (c *Dispatcher) gone(ctx context.Context, d claimed, status int, words string) error {
	if err := c.failed(ctx, d, status, words); err != nil {
		return err
	}
	if _, err := c.DB.ExecContext(ctx, switchOff, d.CompanyID, d.HookID); err != nil {
		return fmt.Errorf("hook %s: switch off: %w", d.HookID, err)
	}
	return giveUp(ctx, c.DB, d.CompanyID, d.HookID)
}

func giveUp(ctx context.Context, q sqlx.ExecerContext, company, hook string) error {
	_, err := q.ExecContext(ctx, givenUp, company, hook)
	return wrap(err, "hook "+hook+": give up")
}

var waits = []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// backoff is how long to wait after that many tries: soon at first, then every
// four hours.
func backoff(tried int) time.Duration {
	if tried <= len(waits) {
		return waits[max(tried, 1)-1]
	}
	return 4 * time.Hour
}
