package gateway

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// errGone is that what an event is about is not there any more, or that its
// decision waits no longer: nothing comes of it.
var errGone = errors.New("what the event is about is gone")

// gone turns not found into errGone.
func gone(err error) error {
	if errors.Is(err, settings.ErrNotFound) {
		return errGone
	}
	return err
}

// loadMessage is the case of a customer's message. The contact is made if
// nobody has heard of them, and their standing with the team is locked.
func (g *Gateway) loadMessage(ctx context.Context, tx *sqlx.Tx, e events.Event, received channels.Event) (effects.Case, error) {
	by := contacts.Actor{CompanyID: e.CompanyID, TeamID: e.TeamID, Who: string(received.Sender), At: g.Clock.Now()}
	if err := contacts.LinkAddresses(ctx, tx, by, received.Sender, received.CustomerAddress, received.Message.Name, received.Also); err != nil {
		return effects.Case{}, err
	}
	contact, err := contacts.FindOrCreate(ctx, tx, e.CompanyID, e.TeamID, e.SenderID, received.Sender, received.CustomerAddress, received.Message.Name)
	if err != nil {
		return effects.Case{}, err
	}
	s, err := g.situation(ctx, tx, e, eventOf(e, received), contact)
	return effects.Case{
		Event: e, Contact: contact, Situation: s, Now: g.Clock.Now(),
		Message: &effects.Message{Message: *received.Message, Channel: received.Sender, Account: received.Account, From: received.CustomerAddress},
	}, err
}

// loadTicket is the case of a ticket that a customer created on the web or in
// an app.
func (g *Gateway) loadTicket(ctx context.Context, tx *sqlx.Tx, e events.Event, created events.TicketCreated) (effects.Case, error) {
	t, err := tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, created.Ticket)
	if err != nil {
		return effects.Case{}, gone(err)
	}
	c, err := g.onTicket(ctx, tx, e, t)
	if err != nil {
		return c, err
	}
	c.Created, c.Situation.Event.At, c.Situation.Ticket = &t, e.OccurredAt, nil
	if created.Beside {
		c.Situation.Ticket = &rules.Ticket{ID: t.ID, Number: t.Number, Status: tickets.StatusOpen, OpenedAt: t.OpenedAt}
	}
	return c, nil
}

// onTicket is the case of an event about a ticket, which is locked; or about
// its contact alone, when it has no id. The customer is spoken to where they
// were last heard.
func (g *Gateway) onTicket(ctx context.Context, tx *sqlx.Tx, e events.Event, t tickets.Ticket) (effects.Case, error) {
	s, err := g.situation(ctx, tx, e, rules.Event{}, contacts.Contact{ID: t.ContactID})
	if err != nil {
		return effects.Case{}, err
	}
	route, err := t.Line(ctx, tx, s.Team)
	if err != nil {
		return effects.Case{}, err
	}
	contact, err := contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, t.ContactID, route.Sender.ID, route.Sender.Kind, route.To)
	if err != nil {
		return effects.Case{}, err
	}
	s.Contact = contactOf(contact)
	s.Event = rules.Event{Kind: e.Kind, At: s.Now, Channel: route.Sender.Kind, Sender: route.Sender.ID, From: route.To}
	return effects.Case{Event: e, Contact: contact, Situation: s, Now: g.Clock.Now()}, nil
}
