package tickets

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

const (
	dueSnoozed = `select ` + columns + ` from tickets where snoozed_until <= coalesce($1::timestamptz, now())
order by snoozed_until limit 1 for update skip locked`

	wake = `
update tickets set snoozed_until = null, active_at = greatest(coalesce(active_at, opened_at), $3::timestamptz), updated_at = clock_timestamp()
where company_id = $1 and id = $2`
)

// Wake brings one ticket back whose time has come, to the top of the lists;
// settings.ErrNotFound of sql: none is due. Lists show it by the clock in any case.
func Wake(ctx context.Context, tx sqlx.ExtContext, due clock.Due) (t Ticket, found bool, err error) {
	err = sqlx.GetContext(ctx, tx, &t, dueSnoozed, due)
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, wake, t.CompanyID, t.ID, *t.SnoozedUntil)
	}
	if err == nil {
		_, err = t.note(ctx, tx, "woken", "", Change{At: *t.SnoozedUntil})
	}
	if err != nil {
		return t, false, fmt.Errorf("a ticket that was snoozed: %w", err)
	}
	return t, true, nil
}
