package messages

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Ticket is one that has just been opened, by what a customer wrote. Its JSON names are
// columns.
type Ticket struct {
	CompanyID string    `json:"company_id"`
	TeamID    string    `json:"team_id"`
	ContactID string    `json:"contact_id"`
	ID        string    `json:"id"`
	OpenedAt  time.Time `json:"opened_at"`
}

const adopt = `
with given as (
    select * from json_to_recordset($1) as t (company_id uuid, team_id uuid, contact_id uuid, id uuid, opened_at timestamptz)
), said as (
    update messages m set ticket_id = g.id from given g
    where m.company_id = g.company_id and m.team_id = g.team_id and m.contact_id = g.contact_id and m.ticket_id is null and m.author = 'advisor' and m.at >= g.opened_at
    returning m.company_id, m.id, m.ticket_id, m.at
), files as (
    update media f set ticket_id = s.ticket_id from said s where f.company_id = s.company_id and f.message_id = s.id
)
update tickets t set active_at = greatest(t.active_at, h.last), waiting_since = (select min(m.at) from messages m
    where m.company_id = t.company_id and m.ticket_id = t.id and m.author = 'customer' and m.at > h.last)
from (select company_id, ticket_id, max(at) as last from said group by 1, 2) h
where t.company_id = h.company_id and t.id = h.ticket_id`

// Adopt puts on tickets what the staff had answered already, in an app whose word came
// before the customer's.
func Adopt(ctx context.Context, tx sqlx.ExecerContext, opened ...Ticket) error {
	if len(opened) == 0 {
		return nil
	}
	given, err := json.Marshal(opened)
	if err == nil {
		_, err = tx.ExecContext(ctx, adopt, string(given))
	}
	if err != nil {
		return fmt.Errorf("answers before ticket %s: %w", opened[0].ID, err)
	}
	return nil
}
