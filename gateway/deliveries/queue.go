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

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/channels/gsm7"
)

// Outgoing is a message for the outbox.
type Outgoing struct {
	CompanyID  string             `json:"company_id"`
	ID         string             `json:"id"`
	TeamID     string             `json:"team_id"`
	ContactID  string             `json:"contact_id"`  // empty: it is to one of the staff
	StaffID    string             `json:"staff_id"`    // whom of them; empty: it is to a contact
	TicketID   string             `json:"ticket_id"`   // empty: none
	DecisionID string             `json:"decision_id"` // empty: none
	RequestID  string             `json:"request_id"`  // what it asks for; empty: nothing
	SenderID   string             `json:"sender_id"`
	Kind       channels.Kind      `json:"kind"`
	Account    string             `json:"account"`
	From       string             `json:"from_address"`
	To         string             `json:"to_address"`
	Text       string             `json:"text"`
	Files      []string           `json:"media"` // ids of media that go along
	Template   *channels.Template `json:"template"`
	Otherwise  *channels.Template `json:"template_else,omitempty"` // goes out if the provider takes no free text any more; nil: none does
	Choices    []channels.Choice  `json:"choices,omitempty"`
	ExpiresAt  time.Time          `json:"expires_at,omitzero"`   // zero: never
	TriedAgain bool               `json:"tried_again,omitempty"` // though an earlier text did not reach the address
	AsLinks    bool               `json:"-"`                     // the text has links in the place of its files
	Bulk       bool               `json:"-"`                     // nobody waits for it: what somebody waits for goes first
}

// The order in which what is due leaves a sender, and with it deliveries.priority.
// What was claimed before has 0.
const (
	awaited = 1
	bulk    = 2
)

func (o Outgoing) priority() int {
	if o.Bulk {
		return bulk
	}
	return awaited
}

// cost is what a message counts for in its sender's pace: carriers count the
// segments of an SMS, and everything else as one.
func (o Outgoing) cost() int {
	if o.Kind != channels.SMS || len(o.Files) > 0 {
		return 1
	}
	return gsm7.Count(o.Text).Segments
}

// To one person WhatsApp takes a message in six seconds from one sender: a
// further one is due after those that are under way.
const enqueue = `
insert into deliveries (company_id, id, team_id, contact_id, ticket_id, decision_id, sender_id, kind, account,
    from_address, to_address, text, due_at, expires_at, media, template, choices, paced_at, staff_id, request_id, priority, cost, tried_again, template_else, created_at)
select company_id, id, team_id, coalesce(nullif(contact_id, '')::uuid, '` + NoContact + `'), nullif(ticket_id, '')::uuid, nullif(decision_id, '')::uuid,
    sender_id, kind, account, from_address, to_address, text, coalesce(pace.at, $2::timestamptz, now()), expires_at, media, template, choices, pace.at,
    nullif(staff_id, '')::uuid, nullif(request_id, '')::uuid, priority, cost, coalesce(tried_again, false), template_else, coalesce($2::timestamptz, now())
from json_to_recordset($1) as o (company_id uuid, id uuid, team_id uuid, contact_id text, ticket_id text, decision_id text, sender_id uuid, kind text,
    account text, from_address text, to_address text, text text, expires_at timestamptz, media jsonb, template jsonb, choices jsonb, paired boolean,
    staff_id text, request_id text, priority smallint, cost smallint, tried_again boolean, template_else jsonb)
cross join lateral (` + pacedAt + `) pace`

// pacedAt is when a message o is due that may be paired, from $2 on; null: it is not.
const pacedAt = `select case when o.paired then greatest(coalesce($2::timestamptz, now()), (
    select max(paced_at) + interval '6 seconds' from deliveries d
    where d.sender_id = o.sender_id and d.to_address = o.to_address and d.paced_at > coalesce($2::timestamptz, now()) - interval '6 seconds')) end as at`

// Queue puts messages into the outbox, due at once. The caller holds the locks on
// the contacts' standings, so that one contact's messages stand in order.
func Queue(ctx context.Context, tx sqlx.ExecerContext, due clock.Due, all ...Outgoing) error {
	if len(all) == 0 {
		return nil
	}
	type row struct {
		Outgoing

		Paired   bool `json:"paired"`
		Priority int  `json:"priority"`
		Cost     int  `json:"cost"`
	}
	rows := make([]row, len(all))
	for n, o := range all {
		if o.Files == nil {
			o.Files = []string{}
		}
		rows[n] = row{o, paired(o.Kind), o.priority(), o.cost()}
	}
	queued, err := json.Marshal(rows)
	if err == nil {
		_, err = tx.ExecContext(ctx, enqueue, string(queued), due)
	}
	if err != nil {
		return fmt.Errorf("delivery %s: queue: %w", all[0].ID, err)
	}
	return nil
}

// NoContact stands in contact_id where a message is to nobody of the customers:
// the previous version reads no null there.
const NoContact = "00000000-0000-0000-0000-000000000000"

// paired reports whether the provider bounds how often one person is written to.
func paired(kind channels.Kind) bool {
	return kind == channels.WhatsAppCloud || kind == channels.WhatsAppTwilio
}
