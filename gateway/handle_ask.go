package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/messages"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// askHeld is the kind of the timer that asks again for a decision that was
// put off to a decent hour.
const askHeld channels.EventKind = "request_held"

// asking is all that a question to a customer is made of.
type asking struct {
	events.Subject
	ticket  tickets.Ticket // zero: it belongs to none
	contact contacts.Contact
	s       rules.Situation
	request requests.Request // the advisor's, or the one that is made when the question goes out
}

// handleAsk asks the customer something: because an advisor wants to know, or
// because a ticket is done or closed.
func (g *Gateway) handleAsk(ctx context.Context, tx *sqlx.Tx, e events.Event) ([]Change, error) {
	a, err := g.asking(ctx, tx, e)
	if errors.Is(err, settings.ErrNotFound) {
		return nil, nil // the ticket is gone with everything it asked
	}
	if err != nil {
		return nil, err
	}
	d, err := g.decideWithin(ctx, tx, e, a.s)
	if err != nil {
		return nil, err
	}
	id, err := decisions.NewID()
	if err != nil {
		return nil, err
	}
	d.Facts["asks_for"] = a.Kind
	made := decisions.Decision{
		CompanyID: e.CompanyID, ID: id, TeamID: e.TeamID, ContactID: a.contact.ID, TicketID: a.ticket.ID,
		EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID, Automation: d.Automation,
		Outcome: string(d.Outcome), Reason: string(d.Reason), Facts: d.Facts, At: e.OccurredAt,
	}
	changes, err := g.carryOut(ctx, tx, e, a, d, &made)
	if err != nil {
		return nil, err
	}
	return append(changes, Change{Kind: "decision", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: id}), made.Insert(ctx, tx)
}

// releaseAsk decides again about a question that was put off. It may be put off
// again, when the team's hours have changed meanwhile.
func (g *Gateway) releaseAsk(ctx context.Context, tx *sqlx.Tx, e events.Event) ([]Change, error) {
	asked, err := e.Subject()
	if err != nil || asked.Held == nil {
		return nil, err
	}
	made, err := decisions.Deferred(ctx, tx, e.CompanyID, asked.Held.Name, string(asked.Held.Kind))
	if errors.Is(err, decisions.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e.ProviderID, e.Kind = asked.Held.Name, asked.Held.Kind
	a, err := g.asking(ctx, tx, e)
	if errors.Is(err, settings.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := g.decideWithin(ctx, tx, e, a.s)
	if err != nil {
		return nil, err
	}
	made.TeamID, made.ContactID, made.EventID = e.TeamID, a.contact.ID, e.ID
	made.Outcome, made.Reason = string(d.Outcome), string(d.Reason)
	changes, err := g.carryOut(ctx, tx, e, a, d, &made)
	if err != nil {
		return nil, err
	}
	return append(changes, Change{Kind: "decision", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.ID}), made.Release(ctx, tx)
}

// asking gathers what the question is made of, with the contact's standing
// locked and the ticket as it is now.
func (g *Gateway) asking(ctx context.Context, tx *sqlx.Tx, e events.Event) (asking, error) {
	asked, err := e.Subject()
	if err != nil {
		return asking{}, err
	}
	a := asking{Subject: asked, ticket: tickets.Ticket{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: asked.Contact}}
	if a.Ticket != "" {
		if a.ticket, err = tickets.Lock(ctx, tx, e.CompanyID, e.TeamID, a.Ticket); err != nil {
			return a, err
		}
	} else if _, err := contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, asked.Contact, "", channels.SMS, ""); err != nil {
		return a, err
	}
	if a.s, err = g.situation(ctx, tx, e, channels.Event{}, contacts.Contact{ID: a.ticket.ContactID}); err != nil {
		return a, err
	}
	line, err := a.ticket.Line(ctx, tx, a.s.Team)
	if err != nil {
		return a, err
	}
	if a.contact, err = contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, a.ticket.ContactID, line.Sender.ID, line.Sender.Kind, line.To); err != nil {
		return a, err
	}
	a.s.Contact, a.s.Hours = contactOf(a.contact), rules.HoursAt(a.s.Team, a.s.Now)
	a.s.Event = rules.Event{Kind: e.Kind, At: a.s.Now, Channel: line.Sender.Kind, Sender: line.Sender.ID, From: line.To}
	if err := reached(ctx, tx, e, a.ticket.ContactID, &a.s); err != nil {
		return a, err
	}
	a.s.Ticket = nil
	if a.ticket.ID != "" {
		a.s.Ticket = &rules.Ticket{ID: a.ticket.ID, Number: a.ticket.Number, Status: a.ticket.Status, OpenedAt: a.ticket.OpenedAt}
	}
	return a, g.request(ctx, tx, e, &a)
}

// request says what the customer is asked for: what the advisor wrote, or a
// question of our own, whose request and link exist once it goes out.
func (g *Gateway) request(ctx context.Context, tx *sqlx.Tx, e events.Event, a *asking) error {
	r := rules.Request{Kind: a.Kind, Message: a.Message, Link: a.Link, Advisor: e.Kind == rules.Requested || e.Kind == rules.Shared}
	advisor := a.ticket.Assignee
	if advisor == nil && a.Staff != "" {
		advisor = &a.Staff
	}
	switch {
	case a.Kind == rules.AskVoiceHub:
	case a.Request != "":
		made, err := requests.Lock(ctx, tx, e.CompanyID, a.Request)
		if err != nil {
			return err
		}
		a.request, r.Until, r.Done = made, made.ExpiresAt, made.State != requests.Open && made.State != requests.Seen
		advisor = made.Advisor
		if made.Amount != nil {
			r.Amount = requests.Money(*made.Amount, made.Currency, a.s.Language())
		}
	default:
		token, hash := requests.NewToken()
		r.Link = requests.Link(g.PublicURL(), token)
		a.request = requests.Request{
			CompanyID: e.CompanyID, ID: uuid.Must(uuid.NewV7()).String(), TeamID: e.TeamID, ContactID: a.ticket.ContactID, TicketID: a.ticket.ID,
			Kind: a.Kind, State: requests.Open, TokenHash: hash, Advisor: advisor,
			Channel: string(a.s.Event.Channel), AskedAt: a.s.Now, ExpiresAt: a.s.Now.Add(requests.Life),
		}
		waiting, err := requests.Waiting(ctx, tx, a.request)
		if err != nil {
			return err
		}
		r.Done = waiting
	}
	r.ID = a.request.ID
	if advisor != nil {
		r.Name = a.s.Team.Advisors[*advisor].Name
	}
	a.s.Request = &r
	return nil
}

// carryOut does what was decided: the question goes out, waits, or is dropped.
func (g *Gateway) carryOut(ctx context.Context, tx *sqlx.Tx, e events.Event, a asking, d rules.Decision, made *decisions.Decision) ([]Change, error) {
	switch {
	case d.Outcome == rules.Deferred:
		return nil, g.holdAsk(ctx, tx, e, a, g.Clock.Now().Add(d.Hold))
	case !d.Sends() && a.Request != "":
		return nil, a.request.End(ctx, tx, requests.Cancelled, "", a.s.Now)
	case !d.Sends():
		return nil, nil
	}
	made.Text = d.Text(a.ticket.Number)
	said := messages.Message{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: a.contact.ID, SenderID: a.s.Event.Sender, TicketID: a.ticket.ID}
	var err error
	if made.DeliveryID, err = g.reply(ctx, tx, said, *made, a.s, d, a.ticket.Number); err != nil {
		return nil, err
	}
	changes := []Change{{Kind: "delivery", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.DeliveryID}}
	// A plain reply answers it where it went out.
	a.request.Channel = string(a.s.Event.Channel)
	if sender, ok := a.s.Team.Sender(d.Sender); ok {
		a.request.Channel = string(sender.Kind)
	}
	switch {
	case a.Kind == rules.AskVoiceHub:
		return changes, nil
	case a.Request != "":
		return changes, a.request.WentOut(ctx, tx, a.request.Channel)
	}
	// An older question of the kind, from an earlier closing, is asked anew.
	if err := requests.Withdraw(ctx, tx, e.CompanyID, a.ticket.ID, a.Kind, "", a.s.Now); err != nil {
		return nil, err
	}
	return changes, a.request.Insert(ctx, tx)
}

func (g *Gateway) holdAsk(ctx context.Context, tx *sqlx.Tx, e events.Event, a asking, due time.Time) error {
	held := a.Subject
	held.Held = &events.Deferred{Kind: e.Kind, Name: e.ProviderID}
	return events.InternalEvent{
		CompanyID: e.CompanyID, TeamID: e.TeamID, SenderID: e.SenderID, Kind: askHeld, At: e.OccurredAt, Due: due,
		Name: fmt.Sprintf("%s/held/%d", e.ProviderID, due.Unix()), Ask: held,
	}.Raise(ctx, tx)
}
