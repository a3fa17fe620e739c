// Package tickets is the conversations: one of a contact with a team, open or
// closed, assigned or not.
//
// The hard decision: a ticket's number is counted per company in the company's
// row, inside the transaction that opens the ticket. Customers see the number,
// so it has no gaps and says nothing about other companies.
package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// NewTicket is a new ticket.
type NewTicket struct {
	CompanyID, ID, TeamID, ContactID, SenderID string
	Kind                                       string // message, call, missed_call, voicemail, web
	Number                                     int64  // given by Open
	OpenedAt                                   time.Time
	Assignee                                   string // empty: nobody
}

const open = `
with counted as (
    update companies set last_ticket = last_ticket + 1 where id = $1 returning last_ticket
), opened as (
    insert into tickets (company_id, id, team_id, contact_id, sender_id, kind, number, opened_at, assignee)
    select $1, $2, $3, $4, nullif($5, '')::uuid, $6, last_ticket, $7, nullif($9, '')::uuid from counted
    returning number
), noted as (
    insert into ticket_changes (company_id, id, ticket_id, at, change) values ($1, $8, $2, $7, 'opened')
)
select number from opened`

// Open gives the ticket an id and a number and writes it down.
func (t *NewTicket) Open(ctx context.Context, tx sqlx.QueryerContext) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("open a ticket: %w", err)
	}
	change, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("open a ticket: %w", err)
	}
	t.ID = id.String()
	row := tx.QueryRowxContext(ctx, open, t.CompanyID, t.ID, t.TeamID, t.ContactID, t.SenderID, t.Kind, t.OpenedAt, change.String(), t.Assignee)
	if err := row.Scan(&t.Number); err != nil {
		return fmt.Errorf("open a ticket of contact %s: %w", t.ContactID, err)
	}
	return nil
}

const reopen = `
with reopened as (
    update tickets set status = 'open', done_at = null, closed_at = null, resolved = null, updated_at = now()
    where company_id = $1 and id = $2 and status <> 'open' returning id
)
insert into ticket_changes (company_id, id, ticket_id, at, change) select $1, $3, id, $4, 'reopened' from reopened`

// Reopen opens a ticket again that is done or closed.
func Reopen(ctx context.Context, tx sqlx.ExecerContext, company, ticket string, at time.Time) error {
	change, err := uuid.NewV7()
	if err == nil {
		_, err = tx.ExecContext(ctx, reopen, company, ticket, change.String(), at)
	}
	if err != nil {
		return fmt.Errorf("reopen ticket %s: %w", ticket, err)
	}
	return nil
}
