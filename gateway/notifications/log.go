package notifications

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// LogEntry is one line of the log of what a person was told.
type LogEntry struct {
	ID        string     `db:"id" json:"id"`
	Kind      string     `db:"kind" json:"kind"`
	Way       string     `db:"way" json:"way" enum:"email,push,text"`
	State     string     `db:"state" json:"state" enum:"queued,sent,failed,dropped" doc:"dropped: it waited for a shift, and somebody saw to it before"`
	Held      bool       `db:"held" json:"held" doc:"It waits or waited for the next shift"`
	DueAt     *time.Time `db:"due_at" json:"due_at" doc:"When it is tried next; null: not any more"`
	Attempts  int        `db:"attempts" json:"attempts"`
	Error     string     `db:"error" json:"error" doc:"What went wrong the last time"`
	Team      *string    `db:"team_id" json:"team"`
	Ticket    *string    `db:"ticket_id" json:"ticket"`
	At        time.Time  `db:"at" json:"at" doc:"When it happened"`
	CreatedAt time.Time  `db:"created_at" json:"created_at"`
	UpdatedAt time.Time  `db:"updated_at" json:"updated_at"`
}

const log = `
select s.id, n.kind, s.way, s.state, s.held, s.due_at, s.attempts, s.error, n.team_id, n.ticket_id, n.at, s.created_at, s.updated_at
from notice_sends s join notices n on n.company_id = s.company_id and n.id = s.notice_id
where s.company_id = $1 and s.staff_id = $2 and ($3 = '' or s.id < nullif($3, '')::uuid)
order by s.id desc limit $4`

// Log returns what one of the staff was or will be told, the newest first.
func Log(ctx context.Context, q sqlx.QueryerContext, company, staff, before string, limit int) ([]LogEntry, error) {
	found := []LogEntry{}
	if err := sqlx.SelectContext(ctx, q, &found, log, company, staff, before, limit); err != nil {
		return nil, fmt.Errorf("notices of %s: %w", staff, err)
	}
	return found, nil
}

// Try queues a test for one of the staff, in one way, so that it stands in their
// log at once.
func (b *Notifier) Try(ctx context.Context, company, team, staff, way string) error {
	n := Notice{CompanyID: company, TeamID: team, StaffID: staff, Kind: test, DedupeKey: uuid.NewString(), At: b.Clock.Now(), About: About{Way: way}}
	if err := Tell(ctx, b.DB, n); err != nil {
		return err
	}
	_, err := b.spread(ctx)
	return err
}
