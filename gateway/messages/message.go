// Package messages is what was said between a contact and a team, on every
// channel and by everybody: customers, automations, advisors.
package messages

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Message is one message on a timeline.
type Message struct {
	ID                                     string // empty: Insert gives it one
	CompanyID, TeamID, ContactID, SenderID string
	TicketID                               string // empty: it belongs to no ticket
	Author                                 string // customer, automation, advisor
	Kind                                   channels.MessageKind
	About                                  string // the provider's id of the message that it is about
	Who                                    string // which advisor, by name
	StaffID                                string // and by id; empty: a key
	Text                                   string
	Media                                  []channels.Media
	EventID                                string // the event that brought it
	DeliveryID                             string // the delivery that carries it away
	At                                     time.Time
}

const insert = `
insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, media, event_id, delivery_id, at, who, kind, about, staff_id)
values ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $7, $8, $9, nullif($10, '')::uuid, nullif($11, '')::uuid, $12, $13, $14, $15, nullif($16, '')::uuid)`

// Insert writes the message down.
func (m Message) Insert(ctx context.Context, tx sqlx.ExecerContext) error {
	if m.Media == nil {
		m.Media = []channels.Media{}
	}
	media, err := json.Marshal(m.Media)
	if err != nil {
		return fmt.Errorf("message: media: %w", err)
	}
	if m.ID == "" {
		m.ID = uuid.Must(uuid.NewV7()).String()
	}
	_, err = tx.ExecContext(ctx, insert, m.CompanyID, m.ID, m.TeamID, m.ContactID, m.TicketID, m.SenderID,
		m.Author, m.Text, string(media), m.EventID, m.DeliveryID, m.At, m.Who, string(m.Kind), m.About, m.StaffID)
	if err != nil {
		return fmt.Errorf("message of contact %s: %w", m.ContactID, err)
	}
	return nil
}
