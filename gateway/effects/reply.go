package effects

import (
	"cmp"
	"fmt"
	"maps"
	"time"

	"ringback/gateway/decisions"
	"ringback/gateway/deliveries"
	"ringback/gateway/messages"
	"ringback/gateway/notifications"
	"ringback/gateway/rules"
)

// created tells the staff of a ticket that a customer created: it stands
// already, with what they wrote.
func (c Case) created(changes *Changes) {
	changes.Notices = append(changes.Notices, notifications.Notice{
		CompanyID: c.Event.CompanyID, TeamID: c.Event.TeamID, TicketID: c.Created.ID, Kind: notifications.NewTicket, DedupeKey: c.Created.ID,
		At: c.Event.OccurredAt, About: notifications.About{From: c.Situation.Event.From},
	})
}

// conclude writes the decision down, and its text into the outbox and onto the
// timeline.
func (c Case) conclude(changes *Changes, ticket ticketRef) error {
	made := c.decision(ticket)
	c.noticeBudget(changes)
	if c.Decision.Sends() {
		made.Text, made.DeliveryID = c.Decision.Text(ticket.Number), c.IDs.Delivery
		if err := c.reply(changes, made, ticket); err != nil {
			return err
		}
	}
	if c.Deferred != nil {
		changes.Released = append(changes.Released, made)
	} else {
		changes.Decisions = append(changes.Decisions, made)
	}
	return nil
}

// noticeBudget tells the admins that the team's cap is reached, once a day: what
// comes is silent until they have looked.
func (c Case) noticeBudget(changes *Changes) {
	if c.Decision.Reason != rules.ReasonTeamBudget {
		return
	}
	changes.Notices = append(changes.Notices, notifications.Notice{
		CompanyID: c.Event.CompanyID, TeamID: c.Event.TeamID, Kind: notifications.TeamBudget,
		DedupeKey: c.Event.TeamID + "/" + c.Situation.Now.UTC().Format(time.DateOnly), At: c.Situation.Now,
	})
}

// decision is the decision as it is kept. One that waited keeps what it was
// made with.
func (c Case) decision(ticket ticketRef) decisions.Decision {
	e := c.Event
	if c.Deferred != nil {
		made := *c.Deferred
		made.TeamID, made.ContactID, made.EventID = e.TeamID, c.Contact.ID, e.ID
		made.Outcome, made.Reason, made.DecidedAt = string(c.Decision.Outcome), string(c.Decision.Reason), c.Situation.Now
		return made
	}
	return decisions.Decision{
		CompanyID: e.CompanyID, ID: c.IDs.Decision, TeamID: e.TeamID, ContactID: c.Contact.ID, TicketID: ticket.ID,
		EventID: e.ID, EventKind: string(e.Kind), ProviderID: e.ProviderID, Automation: c.Decision.Automation,
		Outcome: string(c.Decision.Outcome), Reason: string(c.Decision.Reason), Facts: c.facts(), At: e.OccurredAt, DecidedAt: c.Situation.Now,
	}
}

// facts are the decision's, and what only its kind of event has.
func (c Case) facts() map[string]any {
	facts := maps.Clone(c.Decision.Facts)
	if facts == nil {
		facts = map[string]any{}
	}
	if c.Turn != nil {
		maps.Copy(facts, c.Turn.Facts())
	}
	switch {
	case c.Call != nil:
		r := c.Call.Result
		facts["outcome"], facts["step"], facts["waited_seconds"] = string(r.Outcome), string(r.Step), int(r.Waited.Seconds())
	case c.Ask != nil:
		facts["asks_for"] = c.Ask.For
	}
	return facts
}

// reply puts the decision's text into the outbox and on the timeline. It goes
// from the sender that the customer was heard at, unless the decision names
// another.
func (c Case) reply(changes *Changes, made decisions.Decision, ticket ticketRef) error {
	d, s := c.Decision, c.Situation
	sender, ok := s.Team.Sender(cmp.Or(d.Sender, s.Event.Sender))
	if !ok {
		return fmt.Errorf("reply to event %s: sender %s is not the team's any more", c.Event.ID, cmp.Or(d.Sender, s.Event.Sender))
	}
	request := ""
	if c.Ask != nil {
		request = c.Ask.Request.ID
	}
	changes.Deliveries = append(changes.Deliveries, deliveries.Outgoing{
		CompanyID: made.CompanyID, ID: made.DeliveryID, TeamID: made.TeamID, ContactID: made.ContactID, TicketID: ticket.ID,
		DecisionID: made.ID, RequestID: request, SenderID: sender.ID, Kind: sender.Kind, Account: sender.Account, From: sender.Address, To: cmp.Or(d.To, s.Event.From),
		Text: made.Text, Template: d.Template(ticket.Number), Otherwise: d.Otherwise(ticket.Number), Choices: d.Choices, ExpiresAt: d.ExpiresAt,
		Bulk: c.Ask != nil && c.Deferred != nil, // put off to a decent hour, as others were
	})
	changes.Messages = append(changes.Messages, messages.Message{
		ID: c.IDs.Reply, CompanyID: made.CompanyID, TeamID: made.TeamID, ContactID: made.ContactID, TicketID: ticket.ID, SenderID: sender.ID,
		Author: "automation", Text: made.Text, DeliveryID: made.DeliveryID, At: s.Now,
	})
	return nil
}
