// Package notes is what the staff say to each other on a ticket.
//
// The hard decision: a note is no message. Whatever goes to customers, reads what
// they were told, or tells other systems of it, works on messages, and none of that
// can come upon a note by mistake.
package notes

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Note is one thing that somebody of the staff wrote for the others.
type Note struct {
	CompanyID, ID, TeamID, ContactID, TicketID string
	Who                                        string // the name of who wrote it
	StaffID                                    string // and their id; empty: an API key
	Text                                       string
	At                                         time.Time
}

const insert = `
insert into notes (company_id, id, team_id, contact_id, ticket_id, staff_id, who, text, at) values ($1, $2, $3, $4, $5, nullif($6, '')::uuid, $7, $8, $9)`

// Insert writes the note down.
func (n Note) Insert(ctx context.Context, tx sqlx.ExecerContext) error {
	if _, err := tx.ExecContext(ctx, insert, n.CompanyID, n.ID, n.TeamID, n.ContactID, n.TicketID, n.StaffID, n.Who, n.Text, n.At); err != nil {
		return fmt.Errorf("note on ticket %s: %w", n.TicketID, err)
	}
	return nil
}
