package settings

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// StoredCallHours are hours in a column; null: none.
type StoredCallHours struct{ *channels.CallHours }

// Scan reads the column.
func (h *StoredCallHours) Scan(column any) error {
	switch raw := column.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(raw, &h.CallHours)
	case string:
		return json.Unmarshal([]byte(raw), &h.CallHours)
	}
	return fmt.Errorf("call hours: cannot read %T", column)
}

// Value writes the column.
func (h StoredCallHours) Value() (driver.Value, error) {
	if h.CallHours == nil {
		return nil, nil //nolint:nilnil // none is null
	}
	raw, err := json.Marshal(h.CallHours)
	return string(raw), err
}

// The hours of each number that follows its team's schedules are due when
// anything of the team's changes, or of the company's holidays: whoever works on
// them at the moment finds that they are not theirs any more.
const (
	followCallHours = `
with wanted as (
	select company_id, team_id, id from senders where company_id = $1 and team_id = $2 and kind = 'whatsapp_cloud' and settings @> '{"call_hours": true}'
), gone as (
	delete from call_hours where company_id = $1 and team_id = $2 and sender_id not in (select id from wanted)
)
insert into call_hours (company_id, team_id, sender_id) select company_id, team_id, id from wanted
on conflict (company_id, sender_id) do update set team_id = excluded.team_id, due_at = now(), claims = call_hours.claims + 1`

	followAllCallHours = `update call_hours set due_at = now(), claims = claims + 1 where company_id = $1`
)

// CallHoursDue is a number whose hours at Meta are ours to set or look at until a
// lease runs out.
type CallHoursDue struct {
	CompanyID string          `db:"company_id"`
	TeamID    string          `db:"team_id"`
	SenderID  string          `db:"sender_id"`
	Account   string          `db:"account"`
	Wanted    StoredCallHours `db:"wanted"` // what Meta took last
	Failures  int             `db:"failures"`
	Claims    int             `db:"claims"` // this one included
}

const claimCallHours = `
with due as (
	select company_id, sender_id, (select account from senders s where s.company_id = h.company_id and s.id = h.sender_id) as account from call_hours h
	where due_at <= now() and (select true from senders s where s.company_id = h.company_id and s.id = h.sender_id)
	order by due_at limit $1 for update skip locked
)
update call_hours h set due_at = now() + $2::bigint * interval '1 millisecond', claims = h.claims + 1
from due where h.company_id = due.company_id and h.sender_id = due.sender_id
returning h.company_id, h.team_id, h.sender_id, due.account, h.wanted, h.failures, h.claims`

// ClaimCallHours takes numbers whose hours are due, so many at most.
func ClaimCallHours(ctx context.Context, db *sqlx.DB, most int, lease time.Duration) ([]CallHoursDue, error) {
	var due []CallHoursDue
	err := sqlx.SelectContext(ctx, db, &due, claimCallHours, most, lease.Milliseconds())
	return due, wrap(err, "claim call hours")
}

const renewCallHours = `
update call_hours set due_at = now() + $4::bigint * interval '1 millisecond' where company_id = $1 and sender_id = $2 and claims = $3`

// Renew has the lease run anew; false: somebody else has the number, or its team
// has changed something.
func (d CallHoursDue) Renew(ctx context.Context, db *sqlx.DB, lease time.Duration) (bool, error) {
	result, err := db.ExecContext(ctx, renewCallHours, d.CompanyID, d.SenderID, d.Claims, lease.Milliseconds())
	if err != nil {
		return false, wrap(err, "call hours of "+d.SenderID)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Hours are what the team's schedules say now.
func (d CallHoursDue) Hours(ctx context.Context, q sqlx.QueryerContext, now time.Time) (channels.CallHours, error) {
	team, err := Load(ctx, q, d.CompanyID, d.TeamID)
	if err != nil {
		return channels.CallHours{}, err
	}
	return team.CallHours(now), nil
}

const (
	keepCallHours = `
update call_hours set wanted = $4::jsonb, told = $5::jsonb, pushed_at = case when $6 then $7::timestamptz else pushed_at end, asked_at = $7, fault = '', failures = 0,
	due_at = now() + interval '1 hour'
where company_id = $1 and sender_id = $2 and claims = $3`

	againCallHours = `update call_hours set wanted = null, due_at = now(), claims = claims + 1 where company_id = $1 and sender_id = $2`
)

// Keep stores what Meta took, if it was told, and what it says that it has. It is
// asked again in an hour: days go by, and somebody may change them there. Where
// somebody else had the number meanwhile, what was told last may be what we told
// first: Meta is told once more.
func (d CallHoursDue) Keep(ctx context.Context, db *sqlx.DB, wanted, told channels.CallHours, pushed bool, now time.Time) error {
	kept, err := db.ExecContext(ctx, keepCallHours, d.CompanyID, d.SenderID, d.Claims, StoredCallHours{&wanted}, StoredCallHours{&told}, pushed, now)
	if err != nil {
		return wrap(err, "call hours of "+d.SenderID)
	}
	if n, err := kept.RowsAffected(); err != nil || n == 1 || !pushed {
		return err
	}
	_, err = db.ExecContext(ctx, againCallHours, d.CompanyID, d.SenderID)
	return wrap(err, "call hours of "+d.SenderID)
}

// The longer it fails the longer it is left alone: half a minute, then twice as
// long each time, up to an hour.
const failCallHours = `
update call_hours set fault = $4, failures = failures + 1,
	due_at = now() + least(interval '30 seconds' * pow(2, least(failures, 10)), interval '1 hour')
where company_id = $1 and sender_id = $2 and claims = $3`

// Fail notes what Meta said in place of taking or telling the hours.
func (d CallHoursDue) Fail(ctx context.Context, db *sqlx.DB, fault string) error {
	_, err := db.ExecContext(ctx, failCallHours, d.CompanyID, d.SenderID, d.Claims, fault)
	return wrap(err, "call hours of "+d.SenderID)
}
