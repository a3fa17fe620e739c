package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

// Silent is a call of a team's own phone system of which nothing was told for a
// while, ours to ask about until its lease runs out.
type Silent struct {
	Call

	Account string `db:"account"`
	Called  string `db:"address"`
	Asks    int    `db:"asks"` // this one included
}

const (
	askAt = `update calls set ask_at = $3, asks = 0 where company_id = $1 and id = $2`

	claimSilent = `
with due as (
    select company_id, id from calls where ask_at <= coalesce($1::timestamptz, now())
    order by ask_at limit $2 for update skip locked
)
update calls c set ask_at = coalesce($1::timestamptz, now()) + $3::bigint * interval '1 millisecond', asks = c.asks + 1
from due, senders s where c.company_id = due.company_id and c.id = due.id and s.company_id = c.company_id and s.id = c.sender_id
returning c.company_id, c.id, c.sid, c.team_id, c.sender_id, c.started_at, c.asks, s.kind, s.account, s.address`

	askNoMore = `update calls set ask_at = null where company_id = $1 and id = $2`
)

// ClaimSilent takes up to n calls whose provider is to be asked, the first due
// first.
func ClaimSilent(ctx context.Context, q sqlx.QueryerContext, now clock.Due, n int, lease time.Duration) ([]Silent, error) {
	var found []Silent
	if err := sqlx.SelectContext(ctx, q, &found, claimSilent, now, n, lease.Milliseconds()); err != nil {
		return nil, fmt.Errorf("claim silent calls: %w", err)
	}
	return found, nil
}

// AskNoMore leaves the call to its timer.
func (s Silent) AskNoMore(ctx context.Context, q sqlx.ExecerContext) error {
	if _, err := q.ExecContext(ctx, askNoMore, s.CompanyID, s.ID); err != nil {
		return fmt.Errorf("call %s: ask no more: %w", s.SID, err)
	}
	return nil
}

// PutOff keeps the call from being settled before then, because nobody could
// say yet what it is doing.
func (s Silent) PutOff(ctx context.Context, q sqlx.ExecerContext, until time.Time) error {
	return Arm(ctx, q, Timer{Call: s.Call, Due: until})
}
