// Package effects says what follows from a decision: which tickets are opened,
// what stands on the timeline, what goes into the outbox, whom the staff and
// the company's own systems hear of. All of it is plain values; whoever writes
// them asks nothing more.
//
// The hard decision: messages, calls, created tickets and questions to
// customers are concluded here and nowhere else. What depends on the database's
// own counting, the team's caps and a new ticket's number, is reserved before
// and stands in the Case, so that the same Case always has the same effects.
package effects

import (
	"time"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/messages"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// Case is an event that was decided about, with all that its effects depend on.
// Of Message, Call and Ask at most one is set; with none of them it is a ticket
// that the customer created.
type Case struct {
	Event     events.Event
	Contact   contacts.Contact
	Situation rules.Situation
	Decision  rules.Decision
	Now       time.Time // by the gateway's clock, which the situation's may be ahead of

	Message *Message
	Call    *Call
	Ask     *Ask
	Created *tickets.Ticket // that the event is about

	// Deferred is the decision that waited and is given its last word; nil: the
	// event is decided about for the first time.
	Deferred *decisions.Decision

	Number int64       // reserved for the ticket that it opens
	Turn   *rules.Turn // of a ticket that is nobody's where the team gives them out in turn
	IDs    IDs
}

// IDs are those of the rows that may have to be made.
type IDs struct {
	Decision, Ticket, Message string
	Delivery, Reply           string // what goes out, and its place on the timeline
}

// Of is what follows from the decision. An error is a decision that cannot be
// carried out: it names a sender that the team has not.
func Of(c Case) (Changes, error) {
	var changes Changes
	ticket := c.ticket(&changes)
	c.assign(&changes, ticket)
	switch {
	case c.Deferred != nil && c.Call != nil: // all else was done when the call was settled
	case c.Message != nil:
		c.message(&changes, ticket.ID)
	case c.Call != nil:
		c.call(&changes, ticket.ID)
	case c.Ask != nil:
		c.ask(&changes)
	case c.Created != nil:
		c.created(&changes)
	}
	return changes, c.conclude(&changes, ticket)
}

// ticketRef is the ticket that an event stands on; its zero value is none.
type ticketRef struct {
	ID     string
	Number int64
}

// Opens reports whether a new ticket is opened, which needs a number.
func (c Case) Opens() bool { return c.opens() != "" }

// opens is the kind of the ticket that is opened; empty: none.
func (c Case) opens() string {
	switch {
	case c.Deferred != nil:
		return ""
	case c.Message != nil && c.Decision.Ticket == rules.OpenTicket:
		return "message"
	case c.Call != nil:
		return c.Call.opens(c)
	}
	return ""
}

// ticket is the one that the event stands on, and what becomes of it.
func (c Case) ticket(changes *Changes) ticketRef {
	if kind := c.opens(); kind != "" {
		t := tickets.NewTicket{
			CompanyID: c.Event.CompanyID, ID: c.IDs.Ticket, TeamID: c.Event.TeamID, ContactID: c.Contact.ID, SenderID: c.Event.SenderID,
			Kind: kind, Number: c.Number, OpenedAt: c.Event.OccurredAt,
		}
		if c.Call != nil {
			t.OpenedAt, t.Assignee = c.Call.End, c.Call.assignee(kind)
		}
		changes.Opened = append(changes.Opened, t)
		if c.Message != nil && c.Situation.Event.Channel == channels.WhatsAppCloud { // the road on which the staff has an app of its own
			changes.Adopting = append(changes.Adopting, messages.Ticket{CompanyID: t.CompanyID, TeamID: t.TeamID, ContactID: t.ContactID, ID: t.ID, OpenedAt: t.OpenedAt})
		}
		return ticketRef{t.ID, t.Number}
	}
	switch {
	case c.Ask != nil:
		return ticketRef{c.Ask.Ticket.ID, c.Ask.Ticket.Number}
	case c.Created != nil:
		return ticketRef{c.Created.ID, c.Created.Number}
	case c.Call != nil:
		return c.Call.ticket(c, changes)
	}
	return c.ticketOfMessage(changes)
}
