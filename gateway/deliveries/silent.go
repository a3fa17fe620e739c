package deliveries

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
)

// Silent is a delivery that its provider took and has said nothing of for a
// while, ours to ask about until its lease runs out.
type Silent struct {
	CompanyID  string        `db:"company_id"`
	ID         string        `db:"id"`
	TeamID     string        `db:"team_id"`
	Kind       channels.Kind `db:"kind"`
	Account    string        `db:"account"`
	From       string        `db:"from_address"`
	To         string        `db:"to_address"`
	ProviderID string        `db:"provider_id"`
	SentAt     time.Time     `db:"sent_at"`
}

const claimSilent = `
with due as (
    select company_id, id from deliveries where ask_at <= coalesce($1::timestamptz, now())
    order by ask_at limit $2 for update skip locked
)
update deliveries d set ask_at = coalesce($1::timestamptz, now()) + $3::bigint * interval '1 millisecond'
from due where d.company_id = due.company_id and d.id = due.id
returning d.company_id, d.id, d.team_id, d.kind, d.account, d.from_address, d.to_address, d.provider_id, d.sent_at`

// ClaimSilent takes up to n deliveries whose provider is to be asked, the first
// due first.
func ClaimSilent(ctx context.Context, q sqlx.QueryerContext, now clock.Due, n int, lease time.Duration) ([]Silent, error) {
	var found []Silent
	if err := sqlx.SelectContext(ctx, q, &found, claimSilent, now, n, lease.Milliseconds()); err != nil {
		return nil, fmt.Errorf("claim silent deliveries: %w", err)
	}
	return found, nil
}

const askAgain = `
update deliveries set ask_at = case when $4::bigint > 0 then coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond' end
where company_id = $1 and id = $2 and coalesce(ask_at, '-infinity') > '-infinity'`

// AskAgain has the provider asked after a wait; 0: never again. What it has
// said meanwhile is left alone.
func (s Silent) AskAgain(ctx context.Context, q sqlx.ExecerContext, now clock.Due, wait time.Duration) error {
	if _, err := q.ExecContext(ctx, askAgain, s.CompanyID, s.ID, now, wait.Milliseconds()); err != nil {
		return fmt.Errorf("delivery %s: ask again: %w", s.ID, err)
	}
	return nil
}
