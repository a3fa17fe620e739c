// Package tickets is the conversations: one of a contact with a team, open or
// closed, assigned or not.
//
// The hard decision: a ticket's number is counted per company in the company's row.
// Customers see it, so it says nothing about other companies. What opens one ticket
// takes its number in its own transaction, and leaves none out. What handles a team's
// events by the hundred takes them in a commit beside its own, since the company's other
// teams would wait for it: when it is cut off, its numbers are nobody's.
package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// NewTicket is a new ticket. Its JSON names are columns.
type NewTicket struct {
	CompanyID string    `json:"company_id"`
	ID        string    `json:"id"`
	TeamID    string    `json:"team_id"`
	ContactID string    `json:"contact_id"`
	SenderID  string    `json:"sender_id"`
	Kind      string    `json:"kind"`   // message, call, missed_call, voicemail, web
	Number    int64     `json:"number"` // given by Open
	OpenedAt  time.Time `json:"opened_at"`
	Assignee  string    `json:"assignee"` // empty: nobody

	ClaimedID      string `json:"claimed_id"`      // who the customer says they are, which nobody has proven; empty: who they are
	ClaimedAddress string `json:"claimed_address"` // the number that they gave
	GivenAddress   string `json:"given_address"`   // of the contact's numbers the one that the ticket was created with; empty: none
}

const takeNumbers = `update companies set last_ticket = last_ticket + $2 where id = $1 returning last_ticket`

// TakeNumbers takes the company's next ticket numbers, and returns the first of so
// many. Others wait until the transaction that takes them has ended.
func TakeNumbers(ctx context.Context, tx sqlx.QueryerContext, company string, count int) (int64, error) {
	var last int64
	if err := tx.QueryRowxContext(ctx, takeNumbers, company, count).Scan(&last); err != nil {
		return 0, fmt.Errorf("company %s: next ticket number: %w", company, err)
	}
	return last - int64(count) + 1, nil
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
with given as (
    select * from json_to_recordset($1) as t (company_id uuid, id uuid, team_id uuid, contact_id uuid, sender_id text, kind text, number bigint,
        opened_at timestamptz, assignee text, claimed_id text, claimed_address text, given_address text, change uuid)
), opened as (
    insert into tickets (company_id, id, team_id, contact_id, sender_id, kind, number, opened_at, assignee, active_at, waiting_since, claimed_id, claimed_address, given_address)
    select company_id, id, team_id, contact_id, nullif(sender_id, '')::uuid, kind, number, opened_at, nullif(assignee, '')::uuid,
        opened_at, case when kind <> 'call' then opened_at end, nullif(claimed_id, '')::uuid, nullif(claimed_address, ''), nullif(given_address, '') from given
)
insert into ticket_changes (company_id, id, ticket_id, at, change, author) select company_id, change, id, opened_at, 'opened', 'gateway' from given`

// Insert writes tickets down that have their ids and numbers.
func Insert(ctx context.Context, tx sqlx.ExecerContext, all ...NewTicket) error {
	if len(all) == 0 {
		return nil
	}
	type row struct {
		NewTicket

		Change string `json:"change"` // the id of its first line in the ticket's history
	}
	rows := make([]row, len(all))
	for n, t := range all {
		rows[n] = row{t, uuid.Must(uuid.NewV7()).String()}
	}
	given, err := json.Marshal(rows)
	if err == nil {
		_, err = tx.ExecContext(ctx, open, string(given))
	}
	if err != nil {
		return fmt.Errorf("open a ticket of contact %s: %w", all[0].ContactID, err)
	}
	return nil
}

// Open gives the ticket an id and a number and writes it down.
func (t *NewTicket) Open(ctx context.Context, tx sqlx.ExtContext) error {
	number, err := TakeNumbers(ctx, tx, t.CompanyID, 1)
	if err != nil {
		return err
	}
	t.ID, t.Number = uuid.Must(uuid.NewV7()).String(), number
	return Insert(ctx, tx, *t)
}

const reopen = `
with reopened as (
    update tickets set status = 'open', done_at = null, closed_at = null, resolved = null, snoozed_until = null, updated_at = now()
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
