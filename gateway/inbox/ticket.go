package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/staff"
)

// Ticket is a ticket as a list shows it.
type Ticket struct {
	ID        string     `db:"id" json:"id"`
	Number    int64      `db:"number" json:"number" doc:"As the customer sees it"`
	Status    string     `db:"status" json:"status" enum:"open,done,closed"`
	Kind      string     `db:"kind" json:"kind" enum:"message,call,missed_call,voicemail,web"`
	Contact   string     `db:"contact_id" json:"contact"`
	Name      string     `db:"contact_name" json:"contact_name" doc:"What the contact is called; empty: not known"`
	Address   string     `db:"contact_address" json:"contact_address" doc:"The contact's first address; empty: none"`
	Channel   string     `db:"channel" json:"channel" enum:"sms,voice,whatsapp_twilio,whatsapp_cloud,webchat," doc:"The kind of our sender by which the customer was last heard, which an advisor's reply goes out from; empty: that sender is gone"`
	Last      string     `db:"last_text" json:"last_text" doc:"The beginning of the newest message that is not automatic; empty: none"`
	Assignee  *string    `db:"assignee" json:"assignee"`
	Resolved  *bool      `db:"resolved" json:"resolved" doc:"Of one that is closed; null: nobody knows"`
	OpenedAt  time.Time  `db:"opened_at" json:"opened_at"`
	DoneAt    *time.Time `db:"done_at" json:"done_at"`
	ClosedAt  *time.Time `db:"closed_at" json:"closed_at"`
	CreatedAt time.Time  `db:"created_at" json:"created_at"`
	UpdatedAt time.Time  `db:"updated_at" json:"updated_at"`
}

var ticketColumns = `id, number, status, kind, contact_id, assignee, resolved, opened_at, done_at, closed_at, created_at, updated_at,
	coalesce((select left(m.text, 200) from messages m where m.company_id = tickets.company_id and m.ticket_id = tickets.id and m.author <> 'automation'
		order by m.seq desc limit 1), '') as last_text,
	coalesce((select s.kind from senders s where s.company_id = tickets.company_id and s.id = tickets.sender_id), '') as channel,` + ofContact("tickets")

// ofContact are the name and the first address of the contact of a row of the
// table.
func ofContact(table string) string {
	return `
	coalesce((select name from contacts c where c.company_id = ` + table + `.company_id and c.id = ` + table + `.contact_id), '') as contact_name,
	coalesce((select address from addresses a where a.company_id = ` + table + `.company_id and a.contact_id = ` + table + `.contact_id
		order by created_at, address limit 1), '') as contact_address`
}

// TicketFilter narrows a list; what is empty does not.
type TicketFilter struct {
	Status  string
	Contact string // id
	Address string // a contact's, instead
}

var listTickets = `
select ` + ticketColumns + ` from tickets
where company_id = $1 and team_id = $2
	and ($3 = '' or status = $3)
	and ($4 = '' or contact_id = nullif($4, '')::uuid)
	and ($5 = '' or contact_id = (` + contacts.At + `$5))
	and ($6 = '' or id < nullif($6, '')::uuid)
order by id desc limit $7`

// Tickets are a team's, the newest first, from the one before that id on.
func (d Desk) Tickets(ctx context.Context, who staff.Principal, team string, f TicketFilter, before string, limit int) ([]Ticket, error) {
	found := []Ticket{}
	err := sqlx.SelectContext(ctx, d.DB, &found, listTickets, who.CompanyID, team, f.Status, f.Contact, f.Address, before, limit)
	if err != nil {
		return nil, fmt.Errorf("tickets: %w", err)
	}
	return found, nil
}

var findTicket = `select ` + ticketColumns + ` from tickets where company_id = $1 and team_id = $2 and id = $3`

// FindTicket returns a ticket of the team, or settings.ErrNotFound.
func FindTicket(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (Ticket, error) {
	var t Ticket
	err := sqlx.GetContext(ctx, q, &t, findTicket, company, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		return t, settings.ErrNotFound
	}
	if err != nil {
		return t, fmt.Errorf("ticket %s: %w", id, err)
	}
	return t, nil
}
