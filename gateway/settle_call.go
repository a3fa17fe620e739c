package gateway

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/contacts"
	"ringback/gateway/decisions"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/messages"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// decideCall decides about a call that is over and carries the decision out.
func (g *Gateway) decideCall(ctx context.Context, tx *sqlx.Tx, e events.Event, c journal.Call, r calls.Result, end calls.End) ([]Change, error) {
	e.TeamID, e.OccurredAt = c.TeamID, c.StartedAt
	contact, s, err := g.callSituation(ctx, tx, e, c, r, end)
	if err != nil {
		return nil, err
	}
	if _, ours := s.Team.Advisors[r.Advisor]; !ours {
		r.Advisor = "" // the address that named them was not ours, or they have left
	}
	ticket, number, err := g.ticketOfCall(ctx, tx, e, contact, s, r, end)
	if err != nil {
		return nil, err
	}
	if ticket != "" {
		if s.History.OnTicket, err = decisions.OnTicket(ctx, tx, e.CompanyID, ticket); err != nil {
			return nil, err
		}
	}
	d, err := g.decideWithin(ctx, tx, e, s)
	if err != nil {
		return nil, err
	}
	if r.Outcome == calls.Answered {
		if err := contacts.AdvisorSpoke(ctx, tx, e.CompanyID, e.TeamID, contact.ID, end.At); err != nil {
			return nil, err
		}
	}
	settled := journal.Settlement{
		Contact: contact.ID, Ticket: ticket, Outcome: string(r.Outcome), Step: string(r.Step), Waited: r.Waited,
		Advisor: r.Advisor, EndedAt: end.At, At: g.Clock.Now(),
	}
	if err := c.Settle(ctx, tx, settled); err != nil {
		return nil, err
	}
	if err := tellOfCall(ctx, tx, c, settled, contact.BlockedAt != nil); err != nil {
		return nil, err
	}
	if r.Step == channels.StepRecording || r.Recording != nil {
		if err := media.Settled(ctx, tx, c.CompanyID, c.ID, c.TeamID, contact.ID, ticket); err != nil {
			return nil, err
		}
	}
	d.Facts["outcome"], d.Facts["step"], d.Facts["waited_seconds"] = string(r.Outcome), string(r.Step), int(r.Waited.Seconds())
	if d.Outcome == rules.Deferred {
		if err := c.Hold(ctx, tx, g.Clock.Now().Add(d.Hold)); err != nil {
			return nil, err
		}
	}
	return g.writeCall(ctx, tx, e, contact, s, d, ticket, number)
}

// tellOfCall tells the company's own systems and the staff of a call that
// nobody took.
func tellOfCall(ctx context.Context, tx *sqlx.Tx, c journal.Call, s journal.Settlement, blocked bool) error {
	kind := outboundhooks.CallMissed
	switch calls.Outcome(s.Outcome) {
	case calls.Voicemail:
		kind = outboundhooks.VoicemailReceived
	case calls.Missed, calls.HungUp:
	default:
		return nil
	}
	if err := outboundhooks.Tell(ctx, tx, c.CompanyID, kind, s.EndedAt, map[string]any{
		"call": c.ID, "provider_id": c.SID, "team": c.TeamID, "contact": s.Contact, "ticket": s.Ticket, "sender": c.SenderID,
		"from": c.Caller, "outcome": s.Outcome, "step": s.Step,
	}); err != nil {
		return err
	}
	if blocked {
		return nil
	}
	return noticeCall(ctx, tx, c, s)
}

func (g *Gateway) callSituation(ctx context.Context, tx *sqlx.Tx, e events.Event, c journal.Call, r calls.Result, end calls.End) (contacts.Contact, rules.Situation, error) {
	contact, err := g.callerOf(ctx, tx, c)
	if err != nil {
		return contact, rules.Situation{}, err
	}
	s, err := g.situation(ctx, tx, e, channels.Event{Sender: channels.SMS, CustomerAddress: c.Caller}, contact)
	s.Event.Kind, s.Event.Sender = rules.CallSettled, tickets.TextSender(s.Team, c.SenderID)
	s.Call = rules.Call{Outcome: string(r.Outcome), Step: r.Step, Ended: end.At}
	return contact, s, err
}

// callerOf is the contact who called. A withheld caller is one without an
// address, a new one for each call.
func (g *Gateway) callerOf(ctx context.Context, tx *sqlx.Tx, c journal.Call) (contacts.Contact, error) {
	if rules.Withheld(c.Caller) {
		return contacts.Nameless(ctx, tx, c.CompanyID, c.TeamID)
	}
	return contacts.FindOrCreate(ctx, tx, c.CompanyID, c.TeamID, c.SenderID, channels.Voice, c.Caller, "")
}

func (g *Gateway) ticketOfCall(ctx context.Context, tx *sqlx.Tx, e events.Event, contact contacts.Contact, s rules.Situation, r calls.Result, end calls.End) (string, int64, error) {
	team := s.Team.Team
	var opened time.Time
	if s.Ticket != nil && s.Ticket.Status != "closed" {
		opened = s.Ticket.OpenedAt
	}
	effect := calls.TicketEffect(r.Outcome, opened, end.At, team.RingLastAdvisor, team.CreateTicketForMissedCalls)
	if contact.BlockedAt != nil {
		effect = calls.NoTicket
	}
	switch effect {
	case calls.NoTicket:
		return "", 0, nil
	case calls.OnTicket:
		return s.Ticket.ID, s.Ticket.Number, nil
	}
	t := tickets.NewTicket{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: contact.ID, SenderID: e.SenderID, Kind: string(effect), OpenedAt: end.At}
	if effect == calls.NewAnswered {
		t.Assignee = r.Advisor
	}
	err := t.Open(ctx, tx)
	return t.ID, t.Number, err
}

// writeCall writes the decision down, and its text into the outbox.
func (g *Gateway) writeCall(ctx context.Context, tx *sqlx.Tx, e events.Event, contact contacts.Contact, s rules.Situation, d rules.Decision, ticket string, number int64) ([]Change, error) {
	id, err := decisions.NewID()
	if err != nil {
		return nil, err
	}
	made := decisions.Decision{
		CompanyID: e.CompanyID, ID: id, TeamID: e.TeamID, ContactID: contact.ID, TicketID: ticket,
		EventID: e.ID, EventKind: string(rules.CallSettled), ProviderID: e.ProviderID, Automation: d.Automation,
		Outcome: string(d.Outcome), Reason: string(d.Reason), Facts: d.Facts, At: e.OccurredAt,
	}
	changes := []Change{{Kind: "decision", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: id}}
	if d.Sends() {
		made.Text = d.Text(number)
		said := messages.Message{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: contact.ID, SenderID: s.Event.Sender, TicketID: ticket}
		if made.DeliveryID, err = g.reply(ctx, tx, said, made, s, d, number); err != nil {
			return nil, err
		}
		changes = append(changes, Change{Kind: "delivery", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.DeliveryID})
	}
	return changes, made.Insert(ctx, tx)
}

// decideWithin decides, and again when the team's caps leave no room for it.
func (g *Gateway) decideWithin(ctx context.Context, tx *sqlx.Tx, e events.Event, s rules.Situation) (rules.Decision, error) {
	d := rules.Decide(s)
	if !d.Spends() {
		return d, nil
	}
	team := s.Team.Team
	within, err := decisions.Reserve(ctx, tx, e.CompanyID, e.TeamID, s.Now, team.AutomaticPerHour, team.AutomaticPerDay)
	if err != nil {
		return d, fmt.Errorf("event %s: %w", e.ID, err)
	}
	if !within { // somebody else's message took the last place
		s.Spent = rules.Spent{Hour: team.AutomaticPerHour, Day: team.AutomaticPerDay}
		d = rules.Decide(s)
	}
	return d, nil
}
