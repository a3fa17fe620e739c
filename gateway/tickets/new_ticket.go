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

const takeNumber = `update companies set last_ticket = last_ticket + 1 where id = $1 returning last_ticket`

// TakeNumber is the company's next ticket number. The transaction that takes it
// keeps it, and others wait: so the numbers have no gaps.
func TakeNumber(ctx context.Context, tx sqlx.QueryerContext, company string) (int64, error) {
	var number int64
	if err := tx.QueryRowxContext(ctx, takeNumber, company).Scan(&number); err != nil {
		return 0, fmt.Errorf("company %s: next ticket number: %w", company, err)
	}
	return number, nil
}

// NextNumber is the number that the next ticket would get.
func NextNumber(ctx context.Context, q sqlx.QueryerContext, company string) (int64, error) {
	var number int64
	if err := q.QueryRowxContext(ctx, `select last_ticket + 1 from companies where id = $1`, company).Scan(&number); err != nil {
		return 0, fmt.Errorf("company %s: next ticket number: %w", company, err)
	}
	return number, nil
}

const open = `
with opened as (
    insert into tickets (company_id, id, team_id, contact_id, sender_id, kind, number, opened_at, assignee)
    values ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $10, $7, nullif($9, '')::uuid)
)
insert into ticket_changes (company_id, id, ticket_id, at, change, author) values ($1, $8, $2, $7, 'opened', 'gateway')`

// Insert writes a ticket down that has its id and number.
func (t NewTicket) Insert(ctx context.Context, tx sqlx.ExecerContext) error {
	change := uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, open, t.CompanyID, t.ID, t.TeamID, t.ContactID, t.SenderID, t.Kind, t.OpenedAt, change, t.Assignee, t.Number); err != nil {
		return fmt.Errorf("open a ticket of contact %s: %w", t.ContactID, err)
	}
	return nil
}

// Open gives the ticket an id and a number and writes it down.
func (t *NewTicket) Open(ctx context.Context, tx sqlx.ExtContext) error {
	number, err := TakeNumber(ctx, tx, t.CompanyID)
	if err != nil {
		return err
	}
	t.ID, t.Number = uuid.Must(uuid.NewV7()).String(), number
	return t.Insert(ctx, tx)
}

const reopen = `
with reopened as (
    update tickets set status = 'open', done_at = null, closed_at = null, resolved = null, updated_at = now()
    where company_id = $1 and id = $2 and status <> 'open' returning id
)
insert into ticket_changes (company_id, id, ticket_id, at, change, author) select $1, $3, id, $4, 'reopened', 'gateway' from reopened`

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
