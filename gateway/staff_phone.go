package gateway

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// answered is the ticket that the last text to one of the staff was about, if it was
// about one ticket of that team and is not older than three days. Notices stand in
// real time, whatever a demo's clock shows.
const answered = `
select t.id as ticket, t.number from (
    select s.batch from notice_sends s
    where s.company_id = $1 and s.staff_id = $3 and s.way = 'text' and s.state = 'sent' and s.updated_at > now() - interval '3 days'
    order by s.id desc limit 1) last
join lateral (
    select min(n.ticket_id::text)::uuid as id from notice_sends s join notices n on n.company_id = s.company_id and n.id = s.notice_id
    where s.company_id = $1 and s.staff_id = $3 and s.way = 'text' and s.batch = last.batch
    having count(distinct n.ticket_id) = 1 and bool_and(n.ticket_id is not null)) told on true
join tickets t on t.company_id = $1 and t.id = told.id and t.team_id = $2`

// ofStaff adds what is known of one of the staff who writes from their own phone.
func (g *Gateway) ofStaff(ctx context.Context, q sqlx.QueryerContext, e events.Event, s *rules.Situation) error {
	if s.Contact.Staff == "" || e.Kind != channels.MessageReceived {
		return nil
	}
	if url := g.PublicURL(); url != "" {
		s.Console = url + "/teams/" + e.TeamID + "/tickets"
	}
	var n rules.Notice
	err := q.QueryRowxContext(ctx, answered, e.CompanyID, e.TeamID, s.Contact.Staff).Scan(&n.Ticket, &n.Number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("event %s: what the staff was told: %w", e.ID, err)
	}
	s.Notice = &n
	return nil
}
