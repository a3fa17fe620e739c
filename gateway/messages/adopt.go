package messages

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Ticket is one that has just been opened, by what a customer wrote.
type Ticket struct {
	CompanyID, TeamID, ContactID, ID string
	OpenedAt                         time.Time
}

const adopt = `
with said as (
    update messages set ticket_id = $4
    where company_id = $1 and team_id = $2 and contact_id = $3 and ticket_id is null and author = 'advisor' and at >= $5
    returning id, at
), files as (
    update media set ticket_id = $4 where company_id = $1 and message_id in (select id from said)
)
update tickets t set active_at = greatest(t.active_at, h.last), waiting_since = (select min(m.at) from messages m
    where m.company_id = $1 and m.ticket_id = $4 and m.author = 'customer' and m.at > h.last)
from (select max(at) as last from said) h
where t.company_id = $1 and t.id = $4 and h.last is not null`

// Adopt puts on the ticket what the staff had answered already, in an app whose word
// came before the customer's.
func (t Ticket) Adopt(ctx context.Context, tx sqlx.ExecerContext) error {
	if _, err := tx.ExecContext(ctx, adopt, t.CompanyID, t.TeamID, t.ContactID, t.ID, t.OpenedAt); err != nil {
		return fmt.Errorf("answers before ticket %s: %w", t.ID, err)
	}
	return nil
}
