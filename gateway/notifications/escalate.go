package notifications

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// urgent are the kinds after which a customer waits for somebody.
var urgent = []string{MissedCall, Voicemail, NewTicket, Message, AnswerNo}

// touched is that one of the staff did something about a ticket after a time:
// wrote, took it or gave it to somebody, or ended it. What the previous version
// wrote has no author.
const touched = `(exists (select from messages m where m.company_id = %[1]s.company_id and m.ticket_id = %[1]s.ticket_id and m.author = 'advisor' and m.at >= %[2]s)
	or exists (select from ticket_changes c where c.company_id = %[1]s.company_id and c.ticket_id = %[1]s.ticket_id
		and c.change in ('assigned', 'done', 'closed') and coalesce(c.author = 'advisor', c.who not in ('', 'customer')) and c.at >= %[2]s))`

// A customer who writes again, while nobody answers, has waited since the first
// time. One who was waited for starts anew, and managers who were told once are
// not told of the same ticket again.
var (
	watch = `
insert into escalations (company_id, ticket_id, team_id, since, due_at) values ($1, $2, $3, $4, $5)
on conflict (company_id, ticket_id) do update set since = excluded.since, due_at = excluded.due_at, team_id = excluded.team_id
where escalations.due_at is not null and ` + fmt.Sprintf(touched, "escalations", "escalations.since")

	overdue = `
select e.company_id, e.ticket_id, e.team_id, e.since, t.escalate_after_minutes,
	` + fmt.Sprintf(touched, "e", "e.since") + ` or k.status <> 'open' as touched
from escalations e
join tickets k on k.company_id = e.company_id and k.id = e.ticket_id
join teams t on t.company_id = e.company_id and t.id = e.team_id
where e.due_at <= coalesce($1::timestamptz, now()) order by e.due_at limit 1 for update of e skip locked`

	untouched = `
update escalations e set since = $3 where e.company_id = $1 and e.ticket_id = $2 and coalesce(e.due_at, '-infinity') > '-infinity'
and not exists (select from messages m where m.company_id = e.company_id and m.ticket_id = e.ticket_id and m.author = 'advisor' and m.at >= e.since)
and 1 >= (select count(*) from ticket_changes c where c.company_id = e.company_id and c.ticket_id = e.ticket_id
	and c.change in ('assigned', 'done', 'closed') and c.author = 'advisor' and c.at >= e.since)`

	escalated = `update escalations set due_at = null where company_id = $1 and ticket_id = $2`
	forget    = `delete from escalations where company_id = $1 and ticket_id = $2`
)

// watch lets the managers hear of a ticket that nobody touches for so long.
func (b *Notifier) watch(ctx context.Context, r round, n row) error {
	if n.Ticket == nil || !slices.Contains(urgent, n.Kind) || n.Status == nil || *n.Status != "open" {
		return nil
	}
	team, err := b.team(ctx, r, n.CompanyID, n.team())
	if err != nil || team == nil || team.Team.EscalateAfterMinutes == 0 {
		return err
	}
	at, found := team.Schedules.AfterOpen(n.At, time.Duration(team.Team.EscalateAfterMinutes)*time.Minute)
	if !found {
		return nil
	}
	if _, err := r.ExecContext(ctx, watch, n.CompanyID, *n.Ticket, n.team(), n.At, at); err != nil {
		return fmt.Errorf("ticket %s: watch: %w", *n.Ticket, err)
	}
	return nil
}

// Untouched forgets that one of the staff touched a ticket, when that is all that they
// did about it and it is set back at that time: the managers hear of it as if nobody had.
func Untouched(ctx context.Context, tx sqlx.ExecerContext, company, ticket string, at time.Time) error {
	if _, err := tx.ExecContext(ctx, untouched, company, ticket, at.Add(time.Microsecond)); err != nil { // what sets it back touches nothing either
		return fmt.Errorf("ticket %s: untouched: %w", ticket, err)
	}
	return nil
}

// escalate tells the managers of one ticket that nobody touched; false: none is
// due.
func (b *Notifier) escalate(ctx context.Context) (bool, error) {
	tx, err := b.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("escalations: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	var late struct {
		CompanyID string    `db:"company_id"`
		Ticket    string    `db:"ticket_id"`
		Team      string    `db:"team_id"`
		Since     time.Time `db:"since"`
		After     int       `db:"escalate_after_minutes"`
		Touched   bool      `db:"touched"`
	}
	err = tx.GetContext(ctx, &late, overdue, b.Clock.Queue())
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("escalations: %w", err)
	}
	next := forget // so that the customer's next word is watched anew
	if !late.Touched && late.After > 0 {
		next = escalated
		if err := Tell(ctx, tx, Notice{
			CompanyID: late.CompanyID, TeamID: late.Team, TicketID: late.Ticket, Kind: Escalation, DedupeKey: late.Ticket, At: b.Clock.Now(),
			About: About{Since: late.Since.UTC().Format(time.RFC3339)},
		}); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, next, late.CompanyID, late.Ticket); err != nil {
		return false, fmt.Errorf("ticket %s: escalate: %w", late.Ticket, err)
	}
	return true, tx.Commit()
}
