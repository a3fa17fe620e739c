package gateway

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/effects"
	"ringback/gateway/events"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// asked is what the events have to say on which a customer is asked for
// something, or told.
type asked struct {
	events.Ask
	request string // the id of the advisor's, written already
	link    string
	message string
	staff   string // the id of who did it, if one of the staff
	advisor bool   // an advisor asked for it
}

// readAsked takes apart one of the three payloads that ask.
func readAsked(p events.Internal) (asked, error) {
	switch p := p.(type) {
	case events.TicketChanged:
		return asked{Ask: p.Ask, staff: p.Staff}, nil
	case events.Request:
		return asked{Ask: p.Ask, request: p.Request, link: p.Link, message: p.Message, advisor: true}, nil
	case events.PageShared:
		return asked{Ask: p.Ask, link: p.Link, advisor: true}, nil
	default:
		return asked{}, fmt.Errorf("%T asks for nothing", p)
	}
}

// loadAsk is the case of a question to a customer: because an advisor wants to
// know, or because a ticket is done or closed. The contact's standing is
// locked, and the ticket is as it is now.
func (g *Gateway) loadAsk(ctx context.Context, tx *sqlx.Tx, e events.Event, p events.Internal) (effects.Case, error) {
	a, err := readAsked(p)
	if err != nil {
		return effects.Case{}, err
	}
	t := tickets.Ticket{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: a.Contact}
	if a.Ticket != "" {
		t, err = tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, a.Ticket)
	} else {
		var c contacts.Contact
		c, err = contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, a.Contact, "", channels.SMS, "")
		t.ContactID = c.ID
	}
	if err != nil {
		return effects.Case{}, gone(err)
	}
	c, err := g.onTicket(ctx, tx, e, t)
	if err != nil {
		return c, gone(err)
	}
	s := &c.Situation
	s.Hours, s.Ticket = rules.HoursAt(s.Team, s.Now), nil
	if t.ID != "" {
		s.Ticket = &rules.Ticket{ID: t.ID, Number: t.Number, Status: t.Status, OpenedAt: t.OpenedAt, Since: t.Since()}
	}
	if err := reached(ctx, tx, e, t.Person(), s); err != nil {
		return c, err
	}
	c.Ask = &effects.Ask{Payload: p, For: a.For, Ticket: t, Written: a.request != ""}
	return c, gone(g.loadRequest(ctx, tx, a, &c))
}

// loadHeldAsk is the case of a question that was put off. It may be put off
// again, when the team's hours have changed meanwhile.
func (g *Gateway) loadHeldAsk(ctx context.Context, tx *sqlx.Tx, e events.Event, h events.AskHeld) (effects.Case, error) {
	deferred, err := decisions.Deferred(ctx, tx, e.CompanyID, h.Held.Name, string(h.Held.Kind))
	if errors.Is(err, decisions.ErrNone) {
		return effects.Case{}, errGone
	}
	if err != nil {
		return effects.Case{}, err
	}
	e.ProviderID, e.Kind = h.Held.Name, h.Held.Kind
	c, err := g.loadAsk(ctx, tx, e, h.Of)
	c.Deferred = &deferred
	return c, err
}

// loadRequest says what the customer is asked for: what the advisor wrote, or a
// question of our own, whose request and link exist once it goes out.
func (g *Gateway) loadRequest(ctx context.Context, tx *sqlx.Tx, a asked, c *effects.Case) error {
	r := rules.Request{Since: c.Event.OccurredAt, Kind: a.For, Message: a.message, Link: a.link, Advisor: a.advisor}
	about := c.Ask.Ticket.Assignee
	if about == nil && a.staff != "" {
		about = &a.staff
	}
	switch {
	case a.For == rules.AskVoiceHub:
	case c.Ask.Written:
		written, err := requests.Lock(ctx, tx, c.Event.CompanyID, a.request)
		if err != nil {
			return err
		}
		c.Ask.Request, about = written, written.Advisor
		r.Until, r.Done = written.ExpiresAt, written.State != requests.Open && written.State != requests.Seen
		if written.Amount != nil {
			r.Amount = requests.Money(*written.Amount, written.Currency, c.Situation.Language())
		}
	default:
		c.Ask.Request = g.ownQuestion(*c, about)
		r.Link = requests.Placeholder(g.PublicURL(), c.Ask.Request.ID)
		waiting, err := requests.Waiting(ctx, tx, c.Ask.Request)
		if err != nil {
			return err
		}
		r.Done = waiting
	}
	r.ID = c.Ask.Request.ID
	if about != nil {
		r.Name = c.Situation.Team.Advisors[*about].Name
	}
	c.Situation.Request = &r
	return nil
}

// ownQuestion is a question that nobody of the staff asks.
func (g *Gateway) ownQuestion(c effects.Case, advisor *string) requests.Request {
	id := uuid.Must(uuid.NewV7()).String()
	t, s := c.Ask.Ticket, c.Situation
	return requests.Request{
		CompanyID: t.CompanyID, ID: id, TeamID: t.TeamID, ContactID: t.Person(), TicketID: t.ID,
		Kind: c.Ask.For, State: requests.Open, TokenHash: requests.Hash(g.Links.Token(id)), Advisor: advisor,
		Channel: string(s.Event.Channel), AskedAt: s.Now, ExpiresAt: s.Now.Add(requests.Life),
	}
}
