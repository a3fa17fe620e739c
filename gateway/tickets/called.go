package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

const called = `
update tickets set active_at = greatest(coalesce(active_at, opened_at), $3::timestamptz),
    heard = heard + case when $4 then 0 else 1 end,
    waiting_since = case when $4 then null when status = 'open' then coalesce(waiting_since, $3) else waiting_since end,
    snoozed_until = case when $4 then snoozed_until end
where company_id = $1 and id = $2`

// Called moves a ticket in the lists after a call of its customer: who was not
// answered waits for us, and who was does not.
func Called(ctx context.Context, tx sqlx.ExecerContext, company, ticket string, answered bool, at time.Time) error {
	if _, err := tx.ExecContext(ctx, called, company, ticket, at, answered); err != nil {
		return fmt.Errorf("ticket %s: called: %w", ticket, err)
	}
	return nil
}
