package settings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

const pauseSender = `
with before as (select company_id, id, paused_at from senders where company_id = $1 and id = $2 for update)
update senders s set paused_at = $3, paused_for = $4 from before b where s.company_id = b.company_id and s.id = b.id
returning b.paused_at is null`

// PauseSender notes that the provider refused a sender's account, and its code.
// It is not a choice of the team's, so it makes no history. True: it was not
// paused before.
func PauseSender(ctx context.Context, q sqlx.QueryerContext, company, sender, code string, at time.Time) (bool, error) {
	var first bool
	err := sqlx.GetContext(ctx, q, &first, pauseSender, company, sender, at, code)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("sender %s: pause: %w", sender, err)
	}
	return first, nil
}

const resumeSender = `update senders set paused_at = null, paused_for = null where company_id = $1 and id = $2 and paused_at is not null`

// ResumeSender notes that the provider took a message of a sender again.
func ResumeSender(ctx context.Context, q sqlx.ExecerContext, company, sender string) error {
	if _, err := q.ExecContext(ctx, resumeSender, company, sender); err != nil {
		return fmt.Errorf("sender %s: resume: %w", sender, err)
	}
	return nil
}
