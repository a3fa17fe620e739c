package effects

import (
	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
)

// Message is what a customer wrote.
type Message struct {
	channels.Message
	Channel channels.Kind
	Account string // the provider's, at which its files lie
	From    string // the customer's address
}

// ticketOfMessage is the ticket that an ordinary message or an answer stands on.
func (c Case) ticketOfMessage(changes *Changes) ticketRef {
	switch d, s := c.Decision, c.Situation; d.Ticket {
	case rules.AnswerTicket:
		q := d.Question
		if q == nil {
			q = &d.Unclear[0]
		}
		return ticketRef{q.Ticket, q.Number}
	case rules.NoteTicket:
		return ticketRef{s.Notice.Ticket, s.Notice.Number}
	case rules.JoinTicket:
		return ticketRef{s.Ticket.ID, s.Ticket.Number}
	case rules.ReopenTicket:
		c.reopen(changes)
		return ticketRef{s.Ticket.ID, s.Ticket.Number}
	}
	return ticketRef{}
}

// reopen opens the contact's ticket again: whether it is resolved is no question
// any more.
func (c Case) reopen(changes *Changes) {
	company, ticket, at := c.Event.CompanyID, c.Situation.Ticket.ID, c.Event.OccurredAt
	changes.Withdrawn = append(changes.Withdrawn, Withdrawal{CompanyID: company, TicketID: ticket, Kind: rules.AskResolved, At: at})
	changes.Reopened = append(changes.Reopened, Reopening{CompanyID: company, TicketID: ticket, At: at})
}

// message puts what the customer wrote on the timeline and tells of it.
func (c Case) message(changes *Changes, ticket string) {
	e, m := c.Event, c.Message
	changes.Messages = append(changes.Messages, messages.Message{
		ID: c.IDs.Message, CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.Contact.ID, SenderID: e.SenderID, TicketID: ticket,
		Author: c.author(), StaffID: c.staff(), Who: c.staffName(), Kind: m.Kind, About: m.About, Text: m.Text, Media: m.Media, EventID: e.ID, At: e.OccurredAt,
		MayAnswer: c.mayAnswer(),
	})
	if c.staff() == "" && !m.Kind.Unwritten() {
		c.tellReceived(changes, ticket)
	}
	if len(m.Media) > 0 {
		changes.Files = append(changes.Files, Files{Media: m.Media, Origin: media.Origin{
			CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.Contact.ID, TicketID: ticket, MessageID: c.IDs.Message, Kind: m.Channel, Account: m.Account,
		}})
	}
	c.noticeMessage(changes, ticket)
	c.answer(changes)
	c.consent(changes)
}

// tellReceived tells the company's own systems of what a customer wrote.
func (c Case) tellReceived(changes *Changes, ticket string) {
	e, m := c.Event, c.Message
	changes.Hooks = append(changes.Hooks, outboundhooks.Event{CompanyID: e.CompanyID, Kind: outboundhooks.MessageReceived, At: e.OccurredAt, Data: map[string]any{
		"message": c.IDs.Message, "team": e.TeamID, "contact": c.Contact.ID, "ticket": ticket, "sender": e.SenderID, "channel": m.Channel,
		"from": m.From, "text": m.Text, "media": len(m.Media),
	}})
}

// staff is who of the staff wrote it from their own phone, by id; empty: a customer.
func (c Case) staff() string {
	if c.Decision.Reason != rules.ReasonStaff {
		return ""
	}
	return c.Situation.Contact.Staff
}

func (c Case) author() string {
	if c.staff() != "" {
		return "staff"
	}
	return "customer"
}

func (c Case) staffName() string { return c.Situation.Team.Advisors[c.staff()].Name }

// mayAnswer is which requests the staff may have the message count as the answer
// to: those that still wait for one.
func (c Case) mayAnswer() []string {
	var ids []string
	for _, q := range c.Decision.Unclear {
		if q.WithdrawnAt.IsZero() {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// noticeMessage tells the staff of a message that stands on a ticket. An answer
// to what was asked is told of as such, and one of which it is not clear what it
// answers with a word that says so; as is one that may ask for no more.
func (c Case) noticeMessage(changes *Changes, ticket string) {
	if ticket == "" || c.staff() != "" || c.Message.Kind.Unwritten() || c.Contact.BlockedAt != nil || c.Decision.Question != nil && !c.Decision.Refusal {
		return
	}
	n := notifications.Notice{
		CompanyID: c.Event.CompanyID, TeamID: c.Event.TeamID, TicketID: ticket, Kind: notifications.Message, DedupeKey: c.Event.ID, At: c.Event.OccurredAt,
		About: notifications.About{Text: c.Message.Text, From: c.Message.From},
	}
	switch {
	case c.Decision.Refusal:
		n.About.Word = "refusal"
	case c.Decision.Unclear != nil:
		n.About.Word = "unclear"
	}
	if c.Opens() {
		n.Kind, n.DedupeKey = notifications.NewTicket, ticket
	}
	changes.Notices = append(changes.Notices, n)
}

// answer gives the answer that the message is.
func (c Case) answer(changes *Changes) {
	q := c.Decision.Question
	if q == nil {
		return
	}
	a := Answer{CompanyID: c.Event.CompanyID, TeamID: c.Event.TeamID, TicketID: q.Ticket, RequestID: q.ID, At: c.Event.OccurredAt}
	if given := c.Decision.Answer; given != nil {
		a.Given = &requests.Answer{Approved: given.Approved, Resolved: given.Resolved, Score: given.Score}
		if given.Files > 0 {
			a.Given.Message = c.IDs.Message
		}
	}
	changes.Answers = append(changes.Answers, a)
}

// consent notes a change of heart, one that may be meant, or that the contact seems
// to be a machine.
func (c Case) consent(changes *Changes) {
	e := c.Event
	if c.Decision.Consent != rules.NoChange {
		changes.Consents = append(changes.Consents, contacts.Consent{
			CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.Contact.ID, OptedOut: c.Decision.Consent == rules.OptOut,
			Source: "message", Words: c.Message.Text, EventID: e.ID, To: c.textedTo(), At: e.OccurredAt,
		})
	}
	if c.Decision.Refusal {
		changes.Refusals = append(changes.Refusals, Refusal{
			CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.Contact.ID,
			Said: contacts.Refusal{At: e.OccurredAt, Words: c.Message.Text, Event: e.ID},
		})
	}
	if c.Decision.Pause {
		changes.Pauses = append(changes.Pauses, Pause{
			CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.Contact.ID, Until: e.OccurredAt.Add(rules.LoopPause),
		})
	}
}

// textedTo is the sender that a STOP was written to which may concern it alone. Who
// writes it on a web page means what comes to their phone.
func (c Case) textedTo() string {
	if c.Situation.Event.Channel == channels.WebChat {
		return ""
	}
	return c.Event.SenderID
}
