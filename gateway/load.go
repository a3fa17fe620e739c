package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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

// loading is an event on its way to a decision: a customer's message, or one of the
// gateway's own whose case is complete.
type loading struct {
	event    events.Event
	received *channels.Event // the message; nil: it is an event of the gateway's own
	payload  any             // of such an event
	effects.Case

	linked bool // what its provider says of whose addresses they are is known
	waits  bool // for an older one of the same contact
	gone   bool // nothing comes of it
}

// contact is whom it is about; empty as long as nobody knows.
func (l *loading) contact() string { return l.Contact.ID }

// loadTogether loads the cases of a team's events, in their order, as far as no two
// are about the same contact; the others come back, to be loaded when the first are
// written. The contacts' standings are locked.
func (g *Gateway) loadTogether(ctx context.Context, tx *sqlx.Tx, all []loading) (cases []effects.Case, rest []loading, err error) {
	inTurn(all)
	if err := g.meet(ctx, tx, all); err != nil {
		return nil, nil, err
	}
	for n := range all {
		l := &all[n]
		if l.received != nil || l.waits {
			continue
		}
		l.Case, err = g.load(ctx, tx, l.event, l.payload)
		if l.gone = errors.Is(err, errGone); err != nil && !l.gone {
			return nil, nil, err
		}
	}
	var now []*loading
	about := map[string]bool{}
	for n := range all {
		l := &all[n]
		switch {
		case l.gone:
		case l.waits || about[l.contact()]:
			rest = append(rest, *l)
		default:
			about[l.contact()] = true
			now = append(now, l)
		}
	}
	return g.casesOf(ctx, tx, now, rest)
}

// inTurn lets those wait of whom it is known that an older one is about the same
// contact: a person's hundred messages are then looked up once each, and not all of
// them again for every one that is written.
func inTurn(all []loading) {
	first := map[string]bool{}
	for n := range all {
		known := all[n].contact()
		all[n].waits = known != "" && first[known]
		first[known] = true
	}
}

// meet finds or makes the contacts of the messages.
func (g *Gateway) meet(ctx context.Context, tx *sqlx.Tx, all []loading) error {
	var at []contacts.Customer
	var met []*loading
	for n := range all {
		r := all[n].received
		if r == nil || all[n].waits {
			continue
		}
		by := contacts.Actor{CompanyID: all[n].event.CompanyID, TeamID: all[n].event.TeamID, Who: string(r.Sender), At: g.Clock.Now()}
		if !all[n].linked {
			if err := contacts.LinkAddresses(ctx, tx, by, r.Sender, r.CustomerAddress, r.Message.Name, r.Also); err != nil {
				return err
			}
			all[n].linked = true
		}
		met = append(met, &all[n])
		at = append(at, contacts.CustomerAt(r.Sender, r.CustomerAddress, r.Message.Name, all[n].event.SenderID))
	}
	if len(at) == 0 {
		return nil
	}
	found, err := contacts.Meet(ctx, tx, met[0].event.CompanyID, met[0].event.TeamID, at...)
	if err != nil {
		return err
	}
	for n, c := range found {
		if r := met[n].received; r.Sender == channels.SMS && slices.Contains(rules.TextlessLines, c.LineType) {
			if err := contacts.TakesTexts(ctx, tx, met[n].event.CompanyID, at[n].Address, c.LineType); err != nil {
				return err
			}
			c.LineType = ""
		}
		if r := met[n].received; rules.OnWhatsApp(r.Sender) && c.SenderOutAt != nil && !r.Message.Kind.IsAnnotation() {
			e := met[n].event
			if c, err = c.Unblocked(ctx, tx, contacts.Heard{CompanyID: e.CompanyID, TeamID: e.TeamID, SenderID: e.SenderID, EventID: e.ID, Words: r.Message.Text, At: e.OccurredAt}); err != nil {
				return err
			}
		}
		met[n].Contact = c
	}
	return nil
}

// casesOf completes the cases of the messages by their situations.
func (g *Gateway) casesOf(ctx context.Context, tx *sqlx.Tx, now []*loading, rest []loading) ([]effects.Case, []loading, error) {
	var meetings []meeting
	var messages []*loading
	for _, l := range now {
		if l.received != nil {
			messages = append(messages, l)
			meetings = append(meetings, meeting{l.event, eventOf(l.event, *l.received), l.Contact, l.received.Message.About})
		}
	}
	if len(meetings) > 0 {
		situations, err := g.situations(ctx, tx, meetings)
		if err != nil {
			return nil, nil, err
		}
		for n, l := range messages {
			l.Case = messageCase(l.event, *l.received, l.Contact, situations[n], g.Clock.Now())
		}
	}
	cases := make([]effects.Case, len(now))
	for n, l := range now {
		cases[n] = l.Case
	}
	return cases, rest, nil
}

func messageCase(e events.Event, received channels.Event, contact contacts.Contact, s rules.Situation, now time.Time) effects.Case {
	said := *received.Message
	said.Kind = s.Event.Form // what a telephone made of a gesture is one
	return effects.Case{
		Event: e, Contact: contact, Situation: s, Now: now,
		Message: &effects.Message{Message: said, Channel: received.Sender, Account: received.Account, From: received.CustomerAddress},
	}
}

// load is the case of an event of the gateway's own that could have a reply, or
// errGone.
func (g *Gateway) load(ctx context.Context, tx *sqlx.Tx, e events.Event, payload any) (effects.Case, error) {
	switch p := payload.(type) {
	case events.TicketChanged:
		return g.loadAsk(ctx, tx, e, p)
	case events.Request:
		return g.loadAsk(ctx, tx, e, p)
	case events.PageShared:
		return g.loadAsk(ctx, tx, e, p)
	case events.AskHeld:
		return g.loadHeldAsk(ctx, tx, e, p)
	case events.TicketCreated:
		return g.loadTicket(ctx, tx, e, p)
	case events.CallSettled:
		return g.loadCall(ctx, tx, e)
	case events.CallHeld:
		return g.loadHeldCall(ctx, tx, e)
	default:
		return effects.Case{}, fmt.Errorf("event %s: nobody handles the kind %q", e.ID, e.Kind)
	}
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
	s, err := g.situation(ctx, tx, e, rules.Event{}, contacts.Contact{ID: t.Person()})
	if err != nil {
		return effects.Case{}, err
	}
	route, err := t.Line(ctx, tx, s.Team)
	if err != nil {
		return effects.Case{}, err
	}
	contact, err := contacts.Lock(ctx, tx, e.CompanyID, e.TeamID, t.Person(), route.Sender.ID, route.Sender.Kind, route.To)
	if err != nil {
		return effects.Case{}, err
	}
	s.Contact = contact.Known()
	s.Event = rules.Event{Kind: e.Kind, At: s.Now, Channel: route.Sender.Kind, Sender: route.Sender.ID, From: route.To}
	return effects.Case{Event: e, Contact: contact, Situation: s, Now: g.Clock.Now()}, nil
}
