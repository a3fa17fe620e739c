// Package decisions is what the gateway decided and why: exactly one row for
// each event that could have had a reply.
package decisions

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/outboundhooks"
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
	made, err := tx.ExecContext(ctx, insert, d.CompanyID, d.ID, d.TeamID, d.ContactID, d.TicketID, d.EventID, d.EventKind, d.ProviderID,
		d.Automation, d.Outcome, d.Reason, string(facts), d.Text, d.DeliveryID, d.At)
	if err != nil {
		return fmt.Errorf("decision on event %s: %w", d.EventID, err)
	}
	if n, err := made.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return d.tell(ctx, tx)
}

func (d Decision) tell(ctx context.Context, tx sqlx.ExecerContext) error {
	return outboundhooks.Tell(ctx, tx, d.CompanyID, outboundhooks.DecisionMade, d.At, map[string]any{
		"decision": d.ID, "team": d.TeamID, "contact": d.ContactID, "ticket": d.TicketID, "event": d.EventKind, "provider_id": d.ProviderID,
		"automation": d.Automation, "outcome": d.Outcome, "reason": d.Reason, "text": d.Text, "delivery": d.DeliveryID,
	})
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
update decisions set outcome = $3, reason = $4, text = $5, delivery_id = nullif($6, '')::uuid
where company_id = $1 and id = $2 and outcome = 'deferred'`

// Release gives a deferred decision its last word. One that has it already
// stays as it is, and nobody is told of it again.
func (d Decision) Release(ctx context.Context, tx sqlx.ExecerContext) error {
	released, err := tx.ExecContext(ctx, release, d.CompanyID, d.ID, d.Outcome, d.Reason, d.Text, d.DeliveryID)
	if err != nil {
		return fmt.Errorf("decision %s: release: %w", d.ID, err)
	}
	if n, err := released.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return d.tell(ctx, tx)
}

// ErrNone is that no decision waits.
var ErrNone = errors.New("no decision waits")

const deferred = `
select id, coalesce(ticket_id::text, '') from decisions
where company_id = $1 and provider_id = $2 and event_kind = $3 and outcome = 'deferred' for update`

// Deferred is the decision on a provider's event that still waits, with its
// ticket, or ErrNone.
func Deferred(ctx context.Context, tx sqlx.QueryerContext, company, providerID, kind string) (Decision, error) {
	d := Decision{CompanyID: company, ProviderID: providerID}
	err := tx.QueryRowxContext(ctx, deferred, company, providerID, kind).Scan(&d.ID, &d.TicketID)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNone
	}
	if err != nil {
		return d, fmt.Errorf("decision on %s: %w", providerID, err)
	}
	return d, nil
}
