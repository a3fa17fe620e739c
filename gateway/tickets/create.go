package tickets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/messages"
	"ringback/settings"
)

// Created is a ticket that a customer creates themselves, on the web or in an
// app, with what they write.
type Created struct {
	CompanyID, TeamID, ContactID string
	Text                         string
	At                           time.Time
	Chat                         string // id of the chat in which it was left; empty: elsewhere
	GivenAddress                 string // of the contact's numbers the one that they gave; empty: none

	// Who they say they are, where nothing proves it: the contact who has the number
	// that they gave. Empty: the contact is proven.
	ClaimedID, ClaimedAddress string
}

const hasOpen = `
select exists (select from tickets where company_id = $1 and team_id = $2 and contact_id = $3 and status <> 'closed')`

// Create opens the ticket and raises the event that is answered. The contact's
// standing has to be locked already.
func (c Created) Create(ctx context.Context, tx sqlx.ExtContext, team *settings.Snapshot) (NewTicket, error) {
	var beside bool
	if err := sqlx.GetContext(ctx, tx, &beside, hasOpen, c.CompanyID, c.TeamID, c.ContactID); err != nil {
		return NewTicket{}, fmt.Errorf("tickets of contact %s: %w", c.ContactID, err)
	}
	sender, err := c.sender(ctx, tx, team)
	if err != nil {
		return NewTicket{}, err
	}
	t := NewTicket{CompanyID: c.CompanyID, TeamID: c.TeamID, ContactID: c.ContactID, SenderID: sender, Kind: "web", OpenedAt: c.At, ClaimedID: c.ClaimedID, ClaimedAddress: c.ClaimedAddress, GivenAddress: c.GivenAddress}
	if err := t.Open(ctx, tx); err != nil {
		return t, err
	}
	wrote := messages.Message{
		CompanyID: c.CompanyID, TeamID: c.TeamID, ContactID: c.ContactID, SenderID: sender, TicketID: t.ID,
		Author: "customer", Text: c.Text, At: c.At,
	}
	if sender == "" {
		wrote.SenderID = c.TeamID // the column wants one
	}
	if err := messages.Insert(ctx, tx, wrote); err != nil {
		return t, err
	}
	return t, events.InternalEvent{
		CompanyID: c.CompanyID, TeamID: c.TeamID, SenderID: sender, Name: "created/" + t.ID, At: c.At,
		Payload: events.TicketCreated{Contact: c.ContactID, Ticket: t.ID, Beside: beside},
	}.Raise(ctx, tx)
}

// Whoever is known to one chat reads nothing of another's.
const kinds = `
select a.kind, coalesce(v.sender_id::text, '') as chat from addresses a
left join visitors v on a.kind = 'visitor' and v.company_id = a.company_id and v.id = a.address
where a.company_id = $1 and a.contact_id = $2 order by a.created_at desc, a.address`

// sender is where the customer can be answered: in the chat where they are, or by text,
// if they gave a number, else in the chat that they are from, else by text; by text
// alone where all there is of them is a number.
func (c Created) sender(ctx context.Context, q sqlx.QueryerContext, team *settings.Snapshot) (string, error) {
	if c.Chat != "" {
		return c.Chat, nil
	}
	texts := TextSender(team, "")
	if c.ClaimedID != "" || c.GivenAddress != "" && texts != "" {
		return texts, nil
	}
	var theirs []struct{ Kind, Chat string }
	if err := sqlx.SelectContext(ctx, q, &theirs, kinds, c.CompanyID, c.ContactID); err != nil {
		return "", fmt.Errorf("contact %s: addresses: %w", c.ContactID, err)
	}
	for _, way := range ways {
		for _, address := range theirs {
			for _, sender := range team.Senders {
				if address.Kind == way.address && slices.Contains(way.kinds, sender.Kind) && (address.Chat == "" || address.Chat == sender.ID) {
					return sender.ID, nil
				}
			}
		}
	}
	return "", nil
}

// ways are the kinds of a customer's address, and from which senders each is
// reached, the best first.
var ways = []struct {
	address string
	kinds   []channels.Kind
}{
	{"visitor", []channels.Kind{channels.WebChat}},
	{"phone", []channels.Kind{channels.SMS}},
	{"whatsapp", []channels.Kind{channels.WhatsAppCloud, channels.WhatsAppTwilio}},
}
