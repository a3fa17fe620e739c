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

// Message is one message on a timeline. Its JSON names are columns.
type Message struct {
	ID        string               `json:"id"` // empty: Insert gives it one
	CompanyID string               `json:"company_id"`
	TeamID    string               `json:"team_id"`
	ContactID string               `json:"contact_id"`
	SenderID  string               `json:"sender_id"`
	TicketID  string               `json:"ticket_id"` // empty: it belongs to no ticket
	Author    string               `json:"author"`    // customer, automation, advisor; staff: see StaffID
	Kind      channels.MessageKind `json:"kind"`
	About     string               `json:"about"` // the provider's id of the message that it is about
	Who       string               `json:"who"`   // which advisor, by name
	// StaffID is which advisor by id; empty: a key, or whoever wrote in the WhatsApp
	// app, which an EventID tells. Of staff it is who wrote from their own phone, to the
	// team alone; empty: what somebody did in the app that is no answer, such as a
	// reaction.
	StaffID    string           `json:"staff_id"`
	Text       string           `json:"text"`
	Media      []channels.Media `json:"media"`
	MayAnswer  []string         `json:"may_answer"`  // the requests of which it may answer one
	EventID    string           `json:"event_id"`    // the event that brought it
	DeliveryID string           `json:"delivery_id"` // the delivery that carries it away
	At         time.Time        `json:"at"`
}

// What is said moves the ticket in the lists: who is heard last decides whether
// the customer waits for us, and since their first word that nobody answered: an
// answer that comes to us late was there before what they wrote since. What the
// gateway says by itself answers nothing, and where nobody wrote nobody waits.
const insert = `
with given as (
    select * from json_to_recordset($1) as m (company_id uuid, id uuid, team_id uuid, contact_id uuid, ticket_id text, sender_id uuid, author text, text text,
        media jsonb, event_id text, delivery_id text, at timestamptz, who text, kind text, about text, staff_id text, may_answer uuid[])
), heard as (
    select company_id, ticket_id::uuid as ticket_id, max(at) as last, min(at) filter (where author = 'customer') as since,
        count(*) filter (where author = 'customer') as times, max(at) filter (where author = 'advisor') as answered
    from given where ticket_id <> '' and author in ('customer', 'advisor') and kind not in ('welcome', 'permission') group by 1, 2
), moved as (
    update tickets t set active_at = greatest(coalesce(t.active_at, t.opened_at), h.last), heard = t.heard + h.times,
        waiting_since = case when h.answered < t.active_at then (select min(m.at) from messages m
                where m.company_id = h.company_id and m.ticket_id = h.ticket_id and m.author = 'customer'
                    and m.at > h.answered and m.at >= t.waiting_since and t.status = 'open')
            when h.answered is not null then null when t.status = 'open' then coalesce(t.waiting_since, h.since) else t.waiting_since end,
        snoozed_until = case when h.times = 0 then t.snoozed_until end
    from heard h where t.company_id = h.company_id and t.id = h.ticket_id
)
insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, text, media, event_id, delivery_id, at, who, kind, about, staff_id, may_answer)
select company_id, id, team_id, contact_id, nullif(ticket_id, '')::uuid, sender_id, author, text, media, nullif(event_id, '')::uuid,
    nullif(delivery_id, '')::uuid, at, who, kind, about, nullif(staff_id, '')::uuid, may_answer
from given`

// Insert writes messages down, in their order.
func Insert(ctx context.Context, tx sqlx.ExecerContext, all ...Message) error {
	if len(all) == 0 {
		return nil
	}
	for n := range all {
		m := &all[n]
		if m.Media == nil {
			m.Media = []channels.Media{}
		}
		if m.MayAnswer == nil {
			m.MayAnswer = []string{}
		}
		if m.ID == "" {
			m.ID = uuid.Must(uuid.NewV7()).String()
		}
	}
	rows, err := json.Marshal(all)
	if err == nil {
		_, err = tx.ExecContext(ctx, insert, string(rows))
	}
	if err != nil {
		return fmt.Errorf("message of contact %s: %w", all[0].ContactID, err)
	}
	return nil
}
