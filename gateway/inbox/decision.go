package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/settings"
	"ringback/settings/staff"
)

// Decision is what was decided for one event.
type Decision struct {
	ID         string          `db:"id" json:"id"`
	At         time.Time       `db:"at" json:"at"`
	Event      Event           `db:"event" json:"event"`
	Contact    *string         `db:"contact_id" json:"contact"`
	Name       string          `db:"contact_name" json:"contact_name" doc:"What the contact is called; empty: not known"`
	Address    string          `db:"contact_address" json:"contact_address" doc:"The contact's first address; empty: none"`
	Ticket     *string         `db:"ticket_id" json:"ticket"`
	Automation *string         `db:"automation" json:"automation"`
	Outcome    string          `db:"outcome" json:"outcome" enum:"sent,skipped,deferred"`
	Reason     string          `db:"reason" json:"reason"`
	Facts      json.RawMessage `db:"facts" json:"facts"`
	Text       string          `db:"text" json:"text"`
	Delivery   *string         `db:"delivery_id" json:"delivery"`
}

// Event is what a decision is about.
type Event struct {
	ID         string `db:"id" json:"id"`
	Kind       string `db:"kind" json:"kind"`
	ProviderID string `db:"provider_id" json:"provider_id"`
}

// DecisionFilter narrows a list; what is empty does not.
type DecisionFilter struct {
	Event      string // id
	ProviderID string // the provider's id of the event
	Contact    string // id
	Address    string // a contact's, instead
	Automation string
	Reason     string
	Since      *time.Time
}

var decisionColumns = `id, at, event_id as "event.id", event_kind as "event.kind", provider_id as "event.provider_id",
	contact_id, ticket_id, automation, outcome, reason, facts, text, delivery_id,` + ofMet("decisions")

var listDecisions = `
select ` + decisionColumns + ` from decisions
where company_id = $1 and team_id = $2
	and ($3 = '' or event_id = nullif($3, '')::uuid)
	and ($4 = '' or provider_id = $4)
	and ($5 = '' or contact_id = nullif($5, '')::uuid)
	and ($6 = '' or contact_id = (` + contacts.At + `$6))
	and ($7 = '' or automation = $7)
	and ($8 = '' or reason = $8)
	and ($9::timestamptz is null or at >= $9)
	and ($10 = '' or id < nullif($10, '')::uuid)
order by id desc limit $11`

// Decisions are a team's, the newest first, from the one before that id on.
func (d Desk) Decisions(ctx context.Context, who staff.Principal, team string, f DecisionFilter, before string, limit int) ([]Decision, error) {
	address, err := d.dialed(ctx, who, team, f.Address)
	if err != nil {
		return nil, err
	}
	found := []Decision{}
	err = sqlx.SelectContext(ctx, d.DB, &found, listDecisions, who.CompanyID, team,
		f.Event, f.ProviderID, f.Contact, address, f.Automation, f.Reason, f.Since, before, limit)
	if err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	return found, nil
}

// DecisionInFull is a decision with what the customer wrote and what became of
// the reply.
type DecisionInFull struct {
	Decision
	Wrote     string               // empty when the event is no message
	Delivered *deliveries.Delivery // as it stands; nil when nothing was to be sent
}

var findDecision = `select ` + decisionColumns + ` from decisions where company_id = $1 and team_id = $2 and id = $3`

const wroteFor = `select coalesce((select text from messages
where company_id = $1 and ticket_id = $2 and event_id = $3 and author = 'customer' limit 1), '')`

// Decision is one decision of a team, or settings.ErrNotFound.
func (d Desk) Decision(ctx context.Context, who staff.Principal, team, id string) (DecisionInFull, error) {
	var full DecisionInFull
	err := sqlx.GetContext(ctx, d.DB, &full.Decision, findDecision, who.CompanyID, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		return full, settings.ErrNotFound
	}
	if err != nil {
		return full, fmt.Errorf("decision %s: %w", id, err)
	}
	if full.Ticket != nil {
		if err := sqlx.GetContext(ctx, d.DB, &full.Wrote, wroteFor, who.CompanyID, *full.Ticket, full.Event.ID); err != nil {
			return full, fmt.Errorf("decision %s: message: %w", id, err)
		}
	}
	if full.Delivery != nil {
		found, err := deliveries.Get(ctx, d.DB, who.CompanyID, *full.Delivery)
		if err != nil {
			return full, err
		}
		full.Delivered = &found
	}
	return full, nil
}
