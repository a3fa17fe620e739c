package gateway

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// handleTicket answers a ticket that a customer created on the web or in an
// app: it stands already, with what they wrote.
func (g *Gateway) handleTicket(ctx context.Context, tx *sqlx.Tx, e events.Event) ([]Change, error) {
	asked, err := e.Subject()
	if err != nil {
		return nil, err
	}
	t, err := tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, asked.Ticket)
	if errors.Is(err, settings.ErrNotFound) {
		return nil, nil // it was gone before anybody looked
	}
	if err != nil {
		return nil, err
	}
	s, err := g.situation(ctx, tx, e, channels.Event{}, contacts.Contact{ID: t.ContactID})
	if err != nil {
		return nil, err
	}
	line, err := t.Line(ctx, tx, s.Team)
	if err != nil {
		return nil, err
	}
	c, err := contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, t.ContactID, line.Sender.ID, line.Sender.Kind, line.To)
	if err != nil {
		return nil, err
	}
	s.Contact = contactOf(c)
	s.Event = rules.Event{Kind: e.Kind, At: e.OccurredAt, Channel: line.Sender.Kind, Sender: line.Sender.ID, From: line.To}
	s.Ticket = nil
	if asked.Beside {
		s.Ticket = &rules.Ticket{ID: t.ID, Number: t.Number, Status: tickets.StatusOpen, OpenedAt: t.OpenedAt}
	}
	d, err := g.decideWithin(ctx, tx, e, s)
	if err != nil {
		return nil, err
	}
	if err := notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: e.CompanyID, TeamID: e.TeamID, TicketID: t.ID, Kind: notifications.NewTicket, Thing: t.ID, At: e.OccurredAt,
		About: notifications.About{From: line.To},
	}); err != nil {
		return nil, err
	}
	made := decisions.Decision{
		CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.ID, TicketID: t.ID,
		EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID, Automation: d.Automation,
		Outcome: string(d.Outcome), Reason: string(d.Reason), Facts: d.Facts, At: e.OccurredAt,
	}
	if made.ID, err = decisions.NewID(); err != nil {
		return nil, err
	}
	changes := []Change{{Kind: "decision", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.ID}}
	if d.Sends() {
		made.Text = d.Text(t.Number)
		said := messages.Message{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.ID, SenderID: line.Sender.ID, TicketID: t.ID}
		if made.DeliveryID, err = g.reply(ctx, tx, said, made, s, d, t.Number); err != nil {
			return nil, err
		}
		changes = append(changes, Change{Kind: "delivery", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.DeliveryID})
	}
	return changes, made.Insert(ctx, tx)
}
