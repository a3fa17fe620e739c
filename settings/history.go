package settings

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"
)

// Change is one line of the history: who changed what, from what to what.
type Change struct {
	ID      string           `db:"id" json:"id"`
	At      time.Time        `db:"at" json:"at"`
	Who     string           `db:"who" json:"who"`
	What    string           `db:"what" json:"what" doc:"company, team, automation, schedule, sender, account, staff or contact"`
	Subject string           `db:"subject" json:"subject" doc:"The id or key of the thing changed"`
	Before  *json.RawMessage `db:"before" json:"before" doc:"null: it is new"`
	After   *json.RawMessage `db:"after" json:"after" doc:"null: it is gone"`
}

const listHistory = `
select id, at, who, what, coalesce(subject, '') as subject, before, after from history
where company_id = $1 and team_id = $2 and ($3 = '' or id < nullif($3, '')::uuid)
order by id desc limit $4`

// ListHistory returns the changes of a team's settings, the newest first, from
// the one before that id on.
func ListHistory(ctx context.Context, q sqlx.QueryerContext, companyID, teamID, before string, limit int) ([]Change, error) {
	changes := []Change{}
	err := sqlx.SelectContext(ctx, q, &changes, listHistory, companyID, teamID, before, limit)
	return changes, wrap(err, "history")
}
