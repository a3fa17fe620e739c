package settings

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

const pauseSender = `update senders set paused_at = $3, paused_for = $4 where company_id = $1 and id = $2`

// PauseSender notes that the provider refused a sender's account, and its code.
// It is not a choice of the team's, so it makes no history.
func PauseSender(ctx context.Context, q sqlx.ExecerContext, company, sender, code string, at time.Time) error {
	if _, err := q.ExecContext(ctx, pauseSender, company, sender, at, code); err != nil {
		return fmt.Errorf("sender %s: pause: %w", sender, err)
	}
	return nil
}

const resumeSender = `update senders set paused_at = null, paused_for = null where company_id = $1 and id = $2 and paused_at is not null`

// ResumeSender notes that the provider took a message of a sender again.
func ResumeSender(ctx context.Context, q sqlx.ExecerContext, company, sender string) error {
	if _, err := q.ExecContext(ctx, resumeSender, company, sender); err != nil {
		return fmt.Errorf("sender %s: resume: %w", sender, err)
	}
	return nil
}
