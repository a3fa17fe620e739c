package inbox

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/staff"
)

// What was heard is counted, and not timed: what is handled late is unread as well.
const seen = `
insert into ticket_reads (company_id, staff_id, ticket_id, heard)
select company_id, $4, id, heard from tickets where company_id = $1 and team_id = $2 and id = $3
on conflict (company_id, staff_id, ticket_id) do update set heard = excluded.heard where ticket_reads.heard < excluded.heard`

// Seen notes that whoever asks has the ticket before them, with all that was heard
// on it up to now. An API key sees nothing.
func (d Desk) Seen(ctx context.Context, who staff.Principal, team, ticket string) error {
	if who.StaffID == "" {
		return nil
	}
	if _, err := d.DB.ExecContext(ctx, seen, who.CompanyID, team, ticket, who.StaffID); err != nil {
		return fmt.Errorf("ticket %s: seen: %w", ticket, err)
	}
	return nil
}

// MaxUnread is how far unread tickets are counted.
const MaxUnread = 100

// Of somebody who has far more tickets than that open, the newest are looked at.
const countUnread = `
select count(*) from (
	select from (
		select company_id, id, heard, assignee, snoozed_until from tickets
		where company_id = $1 and team_id = $2 and number > 0 and status = 'open' and status <> 'closed'
		order by coalesce(active_at, opened_at) desc, id desc limit 500) newest
	where newest.heard > coalesce((select r.heard from ticket_reads r where r.company_id = newest.company_id and r.staff_id = $3 and r.ticket_id = newest.id), 0)
		and (assignee is null or assignee = $3) and (snoozed_until is null or snoozed_until <= $4)
	limit $5) unread`

// Rail is what the console's menu counts of a team for whoever asks.
type Rail struct {
	// How many open tickets of the team, of whoever asks or of nobody, have something of
	// the customer's that they have not read; at most MaxUnread.
	Unread int `db:"unread"`

	settings.SenderCount
}

const countRail = `select (` + countUnread + `) as unread, senders.* from (` + settings.CountSenders + `) senders`

// Rail counts it, in one statement. An API key has no menu.
func (d Desk) Rail(ctx context.Context, who staff.Principal, team string) (Rail, error) {
	var found Rail
	if who.StaffID == "" {
		return found, nil
	}
	if err := sqlx.GetContext(ctx, d.DB, &found, countRail, who.CompanyID, team, who.StaffID, d.Clock.Now(), MaxUnread); err != nil {
		return found, fmt.Errorf("team %s: what the menu counts: %w", team, err)
	}
	return found, nil
}
