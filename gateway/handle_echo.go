package gateway

import (
	"context"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/deliveries"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/tickets"
)

// handleEcho puts on the timeline what the staff wrote in the provider's own app. It
// counts as an advisor's message at its own time, on the ticket that was open then,
// and decides nothing: a customer who was written to first gets no automatic text for
// it. A reaction, an edit and a message taken back are shown, and are no answer. What
// went out from here is there already.
func (g *Gateway) handleEcho(ctx context.Context, tx *sqlx.Tx, e events.Event, told channels.Event) ([]Change, error) {
	m := told.Message
	ours, err := deliveries.Ours(ctx, tx, e.CompanyID, e.SenderID, e.ProviderID, m.Text, append(told.Also, told.CustomerAddress)...)
	if err != nil || ours {
		return nil, err
	}
	by := contacts.Actor{CompanyID: e.CompanyID, TeamID: e.TeamID, Who: string(told.Sender), At: g.Clock.Now()}
	if err := contacts.LinkAddresses(ctx, tx, by, told.Sender, told.CustomerAddress, m.Name, told.Also); err != nil {
		return nil, err
	}
	contact, err := contacts.FindOrCreate(ctx, tx, e.CompanyID, e.TeamID, e.SenderID, told.Sender, told.CustomerAddress, m.Name)
	if err != nil {
		return nil, err
	}
	ticket, err := tickets.OpenThen(ctx, tx, e.CompanyID, e.TeamID, contact.ID, e.OccurredAt)
	if err != nil {
		return nil, err
	}
	said := messages.Message{
		ID: uuid.Must(uuid.NewV7()).String(), CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: contact.ID, TicketID: ticket, SenderID: e.SenderID,
		Author: "advisor", Kind: m.Kind, About: m.About, Text: m.Text, EventID: e.ID, At: e.OccurredAt,
	}
	var c effects.Changes
	if m.Kind.IsAnnotation() {
		said.Author = "staff"
	} else {
		c.Spoken = []effects.Spoken{{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: contact.ID, At: e.OccurredAt}}
	}
	c.Messages = []messages.Message{said}
	if len(m.Media) > 0 {
		c.Files = []effects.Files{{Media: m.Media, Origin: media.Origin{
			CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: contact.ID, TicketID: ticket, MessageID: said.ID, Kind: told.Sender, Account: told.Account,
		}}}
	}
	if err := write(ctx, tx, c, g.Clock.Queue()); err != nil || ticket == "" {
		return nil, err
	}
	return []Change{{Kind: "ticket", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: ticket}}, nil
}
