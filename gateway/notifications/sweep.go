package notifications

import (
	"context"
	"fmt"
	"time"
)

// kept is how long notices are: they hold what customers wrote.
const kept = 30 * 24 * time.Hour

// sweeping is how often a process tidies up.
const sweeping = 10 * time.Minute

var old = []string{
	`delete from notice_sends where created_at < $1 and due_at is null`,
	`delete from notices where created_at < $1 and due_at is null
		and not exists (select from notice_sends s where s.company_id = notices.company_id and s.notice_id = notices.id)`,
}

// Sweep deletes what is older than a month.
func (b *Notifier) Sweep(ctx context.Context, now time.Time) error {
	for _, one := range old {
		if _, err := b.DB.ExecContext(ctx, one, now.Add(-kept)); err != nil {
			return fmt.Errorf("sweep notices: %w", err)
		}
	}
	return nil
}
