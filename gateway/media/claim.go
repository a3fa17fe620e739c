package media

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
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

const claim = `
with due as materialized (
	select company_id, id from media where due_at <= coalesce($1::timestamptz, now())
	order by due_at limit 1 for update skip locked
)
update media m set due_at = coalesce($1::timestamptz, now()) + $2::bigint * interval '1 millisecond', attempts = m.attempts + 1
from due where m.company_id = due.company_id and m.id = due.id
returning m.company_id, m.id, m.team_id, m.kind, m.account, m.source, m.attempts`

// claim takes the file that has waited longest; false: none is due.
func (a *Archive) claim(ctx context.Context) (claimed, bool, error) {
	var c claimed
	err := sqlx.GetContext(ctx, a.DB, &c, claim, a.Clock.Queue(), (a.Patience + lease).Milliseconds())
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	if err != nil {
		return c, false, fmt.Errorf("claim media: %w", err)
	}
	return c, true, nil
}

// What came of a claim counts only while the claim is the last one: a worker
// that was away too long changes nothing.
const (
	keep = `
update media set state = 'stored', reason = '', content_type = $4, size = $5, name = case when name = '' then $6 else name end,
	thumbnail = $7, stored_at = now(), due_at = null
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
		return m, &settings.Conflict{Field: "state", Detail: "is " + string(m.State) + ": only what failed can be fetched again"}
	}
	return m, err
}
