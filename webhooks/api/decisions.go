package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"

	"ringback/gateway/deliveries"
	"ringback/settings"
)

// Decision is what was decided for one event.
type Decision struct {
	ID         string          `db:"id" json:"id"`
	At         time.Time       `db:"at" json:"at"`
	Event      event           `db:"event" json:"event"`
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

type event struct {
	ID         string `db:"id" json:"id"`
	Kind       string `db:"kind" json:"kind"`
	ProviderID string `db:"provider_id" json:"provider_id"`
}

type decisionsQuery struct {
	Team string `path:"team"`
	Page
	Event      string `query:"event" maxLength:"200" doc:"The event's id, or the provider's id of it (a MessageSid)"`
	Contact    string `query:"contact" maxLength:"200" doc:"The contact's id, or one of their addresses"`
	Automation string `query:"automation" maxLength:"64"`
	Reason     string `query:"reason" maxLength:"64"`
	Since      string `query:"since" maxLength:"40" doc:"Not before this time"`
}

var decisionColumns = `id, at, event_id as "event.id", event_kind as "event.kind", provider_id as "event.provider_id",
	contact_id, ticket_id, automation, outcome, reason, facts, text, delivery_id,` + ofContact("decisions")

// ofContact are the name and the first address of the contact of a row of the
// table.
func ofContact(table string) string {
	return `
	coalesce((select name from contacts c where c.company_id = ` + table + `.company_id and c.id = ` + table + `.contact_id), '') as contact_name,
	coalesce((select address from addresses a where a.company_id = ` + table + `.company_id and a.contact_id = ` + table + `.contact_id
		order by created_at, address limit 1), '') as contact_address`
}

var listDecisions = `
select ` + decisionColumns + ` from decisions
where company_id = $1 and team_id = $2
	and ($3 = '' or event_id = nullif($3, '')::uuid)
	and ($4 = '' or provider_id = $4)
	and ($5 = '' or contact_id = nullif($5, '')::uuid)
	and ($6 = '' or contact_id = (` + contactAt + `$6))
	and ($7 = '' or automation = $7)
	and ($8 = '' or reason = $8)
	and ($9::timestamptz is null or at >= $9)
	and ($10 = '' or id < nullif($10, '')::uuid)
order by id desc limit $11`

func (r routes) listDecisions(ctx context.Context, in *decisionsQuery) (*Answer[List[Decision]], error) {
	from, err := since(in.Since)
	if err != nil {
		return nil, err
	}
	eventID, providerID := idOr(in.Event)
	contactID, address := idOr(in.Contact)
	return Listed(in.Page, func(d Decision) string { return d.ID }, func(before string, limit int) ([]Decision, error) {
		found := []Decision{}
		err := sqlx.SelectContext(ctx, r.DB, &found, listDecisions, caller(ctx).CompanyID, in.Team,
			eventID, providerID, contactID, address, in.Automation, in.Reason, from, before, limit)
		if err != nil {
			return nil, fmt.Errorf("decisions: %w", err)
		}
		return found, nil
	})
}

// decisionInFull is a decision with what the customer wrote and what became of
// the reply.
type decisionInFull struct {
	Decision
	Wrote     string     `json:"wrote" doc:"What the customer wrote; empty when the event is no message"`
	Delivered *delivered `json:"delivered" doc:"The delivery as it stands; null when nothing was to be sent"`
}

type delivered deliveries.Delivery

// Schema says that null stands for none.
func (delivered) Schema(r huma.Registry) *huma.Schema { return NullOr[deliveries.Delivery](r) }

var findDecision = `select ` + decisionColumns + ` from decisions where company_id = $1 and team_id = $2 and id = $3`

const wroteFor = `select coalesce((select text from messages
where company_id = $1 and ticket_id = $2 and event_id = $3 and author = 'customer' limit 1), '')`

func (r routes) getDecision(ctx context.Context, in *TicketPath) (*Answer[decisionInFull], error) {
	company := caller(ctx).CompanyID
	var d decisionInFull
	err := sqlx.GetContext(ctx, r.DB, &d.Decision, findDecision, company, in.Team, in.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, settings.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("decision %s: %w", in.ID, err)
	}
	if d.Ticket != nil {
		if err := sqlx.GetContext(ctx, r.DB, &d.Wrote, wroteFor, company, *d.Ticket, d.Event.ID); err != nil {
			return nil, fmt.Errorf("decision %s: message: %w", in.ID, err)
		}
	}
	if d.Delivery != nil {
		found, err := deliveries.Get(ctx, r.DB, company, *d.Delivery)
		if err != nil {
			return nil, err
		}
		d.Delivered = (*delivered)(&found)
	}
	return Answered(d, nil)
}

// idOr sorts a filter: our id, or what the world calls the thing. A + that was
// not escaped arrives as a space.
func idOr(filter string) (id, name string) {
	if isID(filter) {
		return filter, ""
	}
	if strings.HasPrefix(filter, " ") {
		filter = "+" + filter[1:]
	}
	return "", filter
}
