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
	Who     string           `db:"who" json:"who" doc:"As they were called then: a name, or that of an API key"`
	What    string           `db:"what" json:"what" doc:"company, team, automation, schedule, schedule_order, holiday, calendar, sender, reply, account, staff, key, hook, identity_key, label or contact; or what happened: sign_in, sign_in_failed, password, invitation, identity, second_factor, passkey, export, erasure, erasure_failed, retention, refused"`
	Subject string           `db:"subject" json:"subject" doc:"The id or key of the thing changed"`
	Before  *json.RawMessage `db:"before" json:"before" doc:"null: it is new"`
	After   *json.RawMessage `db:"after" json:"after" doc:"null: it is gone"`
	StaffID *string          `db:"staff_id" json:"staff_id" doc:"Who of the staff it was, whatever they are called now; null: a key, a command, the gateway itself, or not known"`

	CanRestore bool `db:"-" json:"can_restore" doc:"false: it cannot be taken back, such as a sign-in"`
}

const changeColumns = `id, at, who, staff_id, what, coalesce(subject, '') as subject, before, after`

const (
	listHistory = `
select ` + changeColumns + ` from history
where company_id = $1 and team_id = nullif($2, '')::uuid` + newestFirst

	listCompanyHistory = `
select ` + changeColumns + ` from history
where company_id = $1 and $2 = '' and team_id is null` + newestFirst

	newestFirst = ` and ($3 = '' or id < nullif($3, '')::uuid)
order by id desc limit $4`
)

// ListHistory returns the changes of a team's settings, or with no team those
// of the company itself and its staff, the newest first, from the one before
// that id on.
func ListHistory(ctx context.Context, q sqlx.QueryerContext, companyID, teamID, before string, limit int) ([]Change, error) {
	changes, query := []Change{}, listHistory
	if teamID == "" {
		query = listCompanyHistory
	}
	err := sqlx.SelectContext(ctx, q, &changes, query, companyID, teamID, before, limit)
	for n := range changes {
		changes[n].CanRestore = changes[n].Restorable()
	}
	return changes, wrap(err, "history")
}
