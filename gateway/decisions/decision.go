// Package decisions is what the gateway decided and why: exactly one row for
// each event that could have had a reply.
package decisions

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// Decision is one decision as it is kept.
type Decision struct {
	CompanyID, ID, TeamID string
	ContactID, TicketID   string // empty: none
	EventID               string
	EventKind             string
	ProviderID            string
	Automation            string // empty: none
	Outcome, Reason       string
	Facts                 map[string]any
	Text                  string
	DeliveryID            string // empty: none
	At                    time.Time
}

// NewID is the id for a decision that is about to be made.
func NewID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// insert leaves an existing decision on the event alone: the first one stands.
const insert = `
insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation,
    outcome, reason, facts, text, delivery_id, at)
values ($1, $2, $3, nullif($4, '')::uuid, nullif($5, '')::uuid, $6, $7, $8, nullif($9, ''), $10, $11, $12, $13, nullif($14, '')::uuid, $15)
on conflict (company_id, event_id) do nothing`

// Insert writes the decision down.
func (d Decision) Insert(ctx context.Context, tx sqlx.ExecerContext) error {
	facts, err := json.Marshal(d.Facts)
	if err != nil {
		return fmt.Errorf("decision on event %s: facts: %w", d.EventID, err)
	}
	if _, err := tx.ExecContext(ctx, insert, d.CompanyID, d.ID, d.TeamID, d.ContactID, d.TicketID, d.EventID, d.EventKind, d.ProviderID,
		d.Automation, d.Outcome, d.Reason, string(facts), d.Text, d.DeliveryID, d.At); err != nil {
		return fmt.Errorf("decision on event %s: %w", d.EventID, err)
	}
	return nil
}
