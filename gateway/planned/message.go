// Package planned is what advisors wrote to customers to go out later.
//
// The hard decision: nothing of it is a message or a delivery before its time. When
// that has come it is said as if the advisor said it at that moment, by the same
// code, so that whatever came meanwhile counts: an opt-out, a block, the end of
// WhatsApp's 24 hours.
package planned

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/events"
	"ringback/settings"
)

// The states of a planned message. The last three are final.
const (
	Waiting  = "planned"
	Sent     = "sent"
	Canceled = "canceled"
	Refused  = "refused"
)

// Message is one that waits for its time, or has had it.
type Message struct {
	CompanyID   string          `db:"company_id"`
	ID          string          `db:"id"`
	TeamID      string          `db:"team_id"`
	ContactID   string          `db:"contact_id"`
	TicketID    string          `db:"ticket_id"`
	StaffID     string          `db:"staff_id"` // empty: an API key
	Who         string          `db:"who"`
	Text        string          `db:"text"`
	Attachments json.RawMessage `db:"attachments"` // ids of media
	SendAt      time.Time       `db:"send_at"`
	State       string          `db:"state"`
}

// Files are the ids of what goes along.
func (m Message) Files() ([]string, error) {
	var ids []string
	err := json.Unmarshal(m.Attachments, &ids)
	return ids, err
}

const insert = `
insert into planned (company_id, id, team_id, contact_id, ticket_id, staff_id, who, text, attachments, send_at, created_at)
values ($1, $2, $3, $4, $5, nullif($6, '')::uuid, $7, $8, $9, $10, $11)`

// Plan writes the message down, and its timer.
func (m Message) Plan(ctx context.Context, tx sqlx.ExecerContext, now time.Time) error {
	if _, err := tx.ExecContext(ctx, insert, m.CompanyID, m.ID, m.TeamID, m.ContactID, m.TicketID, m.StaffID, m.Who, m.Text, string(m.Attachments), m.SendAt, now); err != nil {
		return fmt.Errorf("planned message on ticket %s: %w", m.TicketID, err)
	}
	return events.InternalEvent{
		CompanyID: m.CompanyID, TeamID: m.TeamID, Name: "planned/" + m.ID, At: now, Due: m.SendAt,
		Payload: events.MessagePlanned{Contact: m.ContactID, Ticket: m.TicketID, Message: m.ID},
	}.Raise(ctx, tx)
}

const find = `
select company_id, id, team_id, contact_id, ticket_id, coalesce(staff_id::text, '') as staff_id, who, text, attachments, send_at, state from planned
where company_id = $1 and team_id = $2 and id = $3`

// Find returns a planned message of the team, or settings.ErrNotFound.
func Find(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (Message, error) {
	var m Message
	err := sqlx.GetContext(ctx, q, &m, find, company, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = settings.ErrNotFound
	}
	if err != nil {
		return m, fmt.Errorf("planned message %s: %w", id, err)
	}
	return m, nil
}

const waiting = `select count(*) from planned where company_id = $1 and ticket_id = $2 and state = 'planned'`

// Count is how many wait on a ticket.
func Count(ctx context.Context, q sqlx.QueryerContext, company, ticket string) (count int, err error) {
	if err = sqlx.GetContext(ctx, q, &count, waiting, company, ticket); err != nil {
		err = fmt.Errorf("ticket %s: planned messages: %w", ticket, err)
	}
	return count, err
}

const end = `
update planned set state = $3, reason = $4, message_id = nullif($5, '')::uuid, ended_at = $6 where company_id = $1 and id = $2 and state = 'planned'`

// End brings it to one of the final states, with the reason of one that is refused
// and the id of the message of one that was sent. The ticket is locked.
func (m Message) End(ctx context.Context, tx sqlx.ExecerContext, state, reason, message string, at time.Time) error {
	if _, err := tx.ExecContext(ctx, end, m.CompanyID, m.ID, state, reason, message, at); err != nil {
		return fmt.Errorf("planned message %s: %s: %w", m.ID, state, err)
	}
	return nil
}
