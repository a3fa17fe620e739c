// Package decisions is what the gateway decided and why: exactly one row for
// each event that could have had a reply.
package decisions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/outboundhooks"
)

// Decision is one decision as it is kept. Its JSON names are columns.
type Decision struct {
	CompanyID  string         `json:"company_id"`
	ID         string         `json:"id"`
	TeamID     string         `json:"team_id"`
	ContactID  string         `json:"contact_id"` // empty: none
	TicketID   string         `json:"ticket_id"`  // empty: none
	EventID    string         `json:"event_id"`
	EventKind  string         `json:"event_kind"`
	ProviderID string         `json:"provider_id"`
	Automation string         `json:"automation"` // empty: none
	Outcome    string         `json:"outcome"`
	Reason     string         `json:"reason"`
	Facts      map[string]any `json:"facts"`
	Text       string         `json:"text"`
	DeliveryID string         `json:"delivery_id"` // empty: none
	At         time.Time      `json:"at"`          // of the event
	DecidedAt  time.Time      `json:"decided_at"`  // when this was the last word
}

// NewID is the id for a decision that is about to be made.
func NewID() (string, error) {
	id, err := uuid.NewV7()
	return id.String(), err
}

// insert leaves an existing decision on an event alone: the first one stands.
const insert = `
insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation,
    outcome, reason, facts, text, delivery_id, at, decided_at)
select company_id, id, team_id, nullif(contact_id, '')::uuid, nullif(ticket_id, '')::uuid, event_id, event_kind, provider_id, nullif(automation, ''),
    outcome, reason, facts, text, nullif(delivery_id, '')::uuid, at, decided_at
from json_to_recordset($1) as d (company_id uuid, id uuid, team_id uuid, contact_id text, ticket_id text, event_id uuid, event_kind text,
    provider_id text, automation text, outcome text, reason text, facts jsonb, text text, delivery_id text, at timestamptz, decided_at timestamptz)
on conflict (company_id, event_id) do nothing returning id`

// Insert writes decisions down, and tells the company's own systems of those that
// were not there.
func Insert(ctx context.Context, tx sqlx.ExtContext, all ...Decision) error {
	if len(all) == 0 {
		return nil
	}
	rows, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("decision on event %s: facts: %w", all[0].EventID, err)
	}
	var made []string
	if err := sqlx.SelectContext(ctx, tx, &made, insert, string(rows)); err != nil {
		return fmt.Errorf("decision on event %s: %w", all[0].EventID, err)
	}
	var told []outboundhooks.Event
	for _, d := range all {
		if slices.Contains(made, d.ID) {
			told = append(told, d.told())
		}
	}
	return outboundhooks.Tell(ctx, tx, told...)
}

// told is the decision as the company's own systems hear of it.
func (d Decision) told() outboundhooks.Event {
	return outboundhooks.Event{CompanyID: d.CompanyID, Kind: outboundhooks.DecisionMade, At: d.At, Data: map[string]any{
		"decision": d.ID, "team": d.TeamID, "contact": d.ContactID, "ticket": d.TicketID, "event": d.EventKind, "provider_id": d.ProviderID,
		"automation": d.Automation, "outcome": d.Outcome, "reason": d.Reason, "text": d.Text, "delivery": d.DeliveryID,
	}}
}

const onTicket = `
select automation, max(at) as at from decisions
where company_id = $1 and ticket_id = $2 and outcome = 'sent' and automation is not null group by automation`

// OnTicket is which automations went out on a ticket, and for which event last.
func OnTicket(ctx context.Context, q sqlx.QueryerContext, company, ticket string) (map[string]time.Time, error) {
	var rows []struct {
		Automation string
		At         time.Time
	}
	if err := sqlx.SelectContext(ctx, q, &rows, onTicket, company, ticket); err != nil {
		return nil, fmt.Errorf("ticket %s: automations: %w", ticket, err)
	}
	last := map[string]time.Time{}
	for _, row := range rows {
		last[row.Automation] = row.At
	}
	return last, nil
}

const release = `
update decisions set outcome = $3, reason = $4, text = $5, delivery_id = nullif($6, '')::uuid, decided_at = $7
where company_id = $1 and id = $2 and outcome = 'deferred'`

// Release gives a deferred decision its last word. One that has it already
// stays as it is, and nobody is told of it again.
func (d Decision) Release(ctx context.Context, tx sqlx.ExecerContext) error {
	released, err := tx.ExecContext(ctx, release, d.CompanyID, d.ID, d.Outcome, d.Reason, d.Text, d.DeliveryID, d.DecidedAt)
	if err != nil {
		return fmt.Errorf("decision %s: release: %w", d.ID, err)
	}
	if n, err := released.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return outboundhooks.Tell(ctx, tx, d.told())
}

// ErrNone is that no decision waits.
var ErrNone = errors.New("no decision waits")

const deferred = `
select id, coalesce(ticket_id::text, ''), coalesce(automation, ''), at from decisions
where company_id = $1 and provider_id = $2 and event_kind = $3 and outcome = 'deferred' for update`

// Deferred is the decision on a provider's event that still waits, with what
// hooks are told of it at last, or ErrNone.
func Deferred(ctx context.Context, tx sqlx.QueryerContext, company, providerID, kind string) (Decision, error) {
	d := Decision{CompanyID: company, ProviderID: providerID, EventKind: kind}
	err := tx.QueryRowxContext(ctx, deferred, company, providerID, kind).Scan(&d.ID, &d.TicketID, &d.Automation, &d.At)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNone
	}
	if err != nil {
		return d, fmt.Errorf("decision on %s: %w", providerID, err)
	}
	return d, nil
}
