// Package deliveries is the outbox and what became of each message in it.
//
// The hard decision: a send is claimed in a transaction of its own before the
// provider is called, so that after a crash the row says "maybe". What may
// have been sent is looked for at the provider before it is sent again.
package deliveries

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
)

// Outgoing is a message for the outbox.
type Outgoing struct {
	CompanyID, ID, TeamID string
	ContactID             string // empty: it is to one of the staff
	StaffID               string // whom of them; empty: it is to a contact
	TicketID, DecisionID  string // empty: none
	SenderID              string
	Kind                  channels.Kind
	Account, From, To     string
	Text                  string
	Files                 []string // ids of media that go along
	Template              *channels.Template
	Choices               []channels.Choice
	ExpiresAt             time.Time // zero: never
}

// NoContact stands in contact_id where a message is to nobody of the customers:
// the previous version reads no null there.
const NoContact = "00000000-0000-0000-0000-000000000000"

// To one person WhatsApp takes a message in six seconds from one sender: a
// further one is due after those that are under way.
const enqueue = `
with pace as (
    select coalesce($13::timestamptz, now()) as due, greatest(coalesce($13::timestamptz, now()), (
        select max(paced_at) + interval '6 seconds' from deliveries
        where sender_id = $7 and to_address = $11 and paced_at > coalesce($13::timestamptz, now()) - interval '6 seconds')) as paced
)
insert into deliveries (company_id, id, team_id, contact_id, ticket_id, decision_id, sender_id, kind, account,
    from_address, to_address, text, due_at, expires_at, media, template, choices, paced_at, staff_id)
select $1, $2, $3, coalesce(nullif($4, '')::uuid, '` + NoContact + `'), nullif($5, '')::uuid, nullif($6, '')::uuid, $7, $8, $9, $10, $11, $12,
    case when $18 then paced else due end, $14, to_jsonb($15::text[]), $16::jsonb, $17::jsonb, case when $18 then paced end, nullif($19, '')::uuid
from pace`

// Queue puts the message into the outbox, due at once. The caller holds the
// lock on the contact's standing, so that one contact's messages stand in order.
func (o Outgoing) Queue(ctx context.Context, tx sqlx.ExecerContext, due clock.Due) error {
	var expires any
	if !o.ExpiresAt.IsZero() {
		expires = o.ExpiresAt
	}
	template, choices, err := extras(o.Template, o.Choices)
	if err != nil {
		return fmt.Errorf("delivery %s: queue: %w", o.ID, err)
	}
	if _, err := tx.ExecContext(ctx, enqueue, o.CompanyID, o.ID, o.TeamID, o.ContactID, o.TicketID, o.DecisionID, o.SenderID,
		string(o.Kind), o.Account, o.From, o.To, o.Text, due, expires, pq.StringArray(append([]string{}, o.Files...)), template, choices, paired(o.Kind), o.StaffID); err != nil {
		return fmt.Errorf("delivery %s: queue: %w", o.ID, err)
	}
	return nil
}

// extras are what a message has beside its text, as columns.
func extras(t *channels.Template, choices []channels.Choice) (template, tappable any, err error) {
	if t != nil {
		raw, err := json.Marshal(t)
		if err != nil {
			return nil, nil, err
		}
		template = string(raw)
	}
	if len(choices) > 0 {
		raw, err := json.Marshal(choices)
		if err != nil {
			return nil, nil, err
		}
		tappable = string(raw)
	}
	return template, tappable, nil
}

// paired reports whether the provider bounds how often one person is written to.
func paired(kind channels.Kind) bool {
	return kind == channels.WhatsAppCloud || kind == channels.WhatsAppTwilio
}
