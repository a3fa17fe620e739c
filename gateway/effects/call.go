package effects

import (
	"time"

	"ringback/channels"
	"ringback/gateway/calls"
	"ringback/gateway/calls/journal"
	"ringback/gateway/events"
	"ringback/gateway/media"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// Call is a call that is over.
type Call struct {
	journal.Call
	Result calls.Result
	End    time.Time
}

// Effect is what a call does to tickets, given the situation it comes into.
func (call Call) Effect(s rules.Situation) calls.Effect {
	if s.Contact.Blocked {
		return calls.NoTicket
	}
	var opened time.Time
	if s.Ticket != nil && s.Ticket.Status != "closed" {
		opened = s.Ticket.OpenedAt
	}
	team := s.Team.Team
	return calls.TicketEffect(call.Result.Outcome, opened, call.End, team.RingLastAdvisor, team.CreateTicketForMissedCalls)
}

// opens is the kind of the ticket that the call opens; empty: none.
func (call Call) opens(c Case) string {
	switch effect := call.Effect(c.Situation); effect {
	case calls.NoTicket, calls.OnTicket:
		return ""
	default:
		return string(effect)
	}
}

// assignee is who has the ticket that the call opens; empty: nobody.
func (call Call) assignee(kind string) string {
	if kind == string(calls.NewAnswered) {
		return call.Result.Advisor
	}
	return ""
}

// ticket is the one that the call is logged on. That of a reply which was held
// back is the ticket it was settled with, whose number is known while it is
// still the contact's newest.
func (call Call) ticket(c Case, changes *Changes) ticketRef {
	newest := c.Situation.Ticket
	if c.Deferred != nil {
		ticket := ticketRef{ID: c.Deferred.TicketID}
		if newest != nil && newest.ID == ticket.ID {
			ticket.Number = newest.Number
		}
		return ticket
	}
	if call.Effect(c.Situation) == calls.OnTicket {
		if o := call.Result.Outcome; newest.Status == "done" && (o == calls.Missed || o == calls.HungUp) {
			c.reopen(changes) // whoever could not reach us is not finished
		}
		return ticketRef{newest.ID, newest.Number}
	}
	return ticketRef{}
}

// call writes down what the call came to and tells of it.
func (c Case) call(changes *Changes, ticket string) {
	call, r, e := c.Call, c.Call.Result, c.Event
	if r.Outcome == calls.Answered {
		changes.Spoken = append(changes.Spoken, Spoken{CompanyID: e.CompanyID, TeamID: e.TeamID, ContactID: c.Contact.ID, At: call.End})
	}
	changes.Calls = append(changes.Calls, SettledCall{Call: call.Call, Settlement: journal.Settlement{
		Contact: c.Contact.ID, Ticket: ticket, Outcome: string(r.Outcome), Step: string(r.Step), Waited: r.Waited,
		Advisor: r.Advisor, EndedAt: call.End, At: c.Now,
	}})
	if r.Step == channels.StepRecording || r.Recording != nil {
		changes.Recordings = append(changes.Recordings, media.Origin{
			CompanyID: call.CompanyID, TeamID: call.TeamID, ContactID: c.Contact.ID, TicketID: ticket, CallID: call.ID,
		})
	}
	c.tellOfCall(changes, ticket)
	if c.Decision.Outcome == rules.Deferred {
		changes.Timers = append(changes.Timers, events.InternalEvent{
			CompanyID: call.CompanyID, TeamID: call.TeamID, SenderID: call.SenderID, Name: HeldCall(call.SID),
			At: call.StartedAt, Due: c.Now.Add(c.Decision.Hold), Payload: events.CallHeld{},
		})
	}
}

// OfLateRecording is what follows from a recording that came when its call was
// settled as missed: a voicemail's ticket, and nothing that the caller hears of.
func OfLateRecording(c Case) Changes {
	var changes Changes
	call, t := c.Call, c.IDs.Ticket
	changes.Opened = append(changes.Opened, tickets.NewTicket{
		CompanyID: call.CompanyID, ID: t, TeamID: call.TeamID, ContactID: c.Contact.ID, SenderID: call.SenderID,
		Kind: string(calls.NewMessage), Number: c.Number, OpenedAt: c.Event.OccurredAt,
	})
	changes.Calls = append(changes.Calls, SettledCall{Call: call.Call, Settlement: journal.Settlement{
		Contact: c.Contact.ID, Ticket: t, Outcome: string(call.Result.Outcome), Step: string(call.Result.Step), Waited: call.Result.Waited,
		EndedAt: call.End, At: c.Now,
	}})
	changes.Recordings = append(changes.Recordings, media.Origin{
		CompanyID: call.CompanyID, TeamID: call.TeamID, ContactID: c.Contact.ID, TicketID: t, CallID: call.ID,
	})
	c.assign(&changes, ticketRef{ID: t})
	c.tellOfCall(&changes, t)
	return changes
}

// held is what the name of the timer on a call's reply ends in.
const held = "/held"

// HeldCall is the name of the timer on the reply to a call, by the provider's
// id of the call.
func HeldCall(sid string) string { return sid + held }

// tellOfCall tells the company's own systems and the staff of a call that
// nobody took.
func (c Case) tellOfCall(changes *Changes, ticket string) {
	call, r := c.Call, c.Call.Result
	n := notifications.Notice{
		CompanyID: call.CompanyID, TeamID: call.TeamID, TicketID: ticket, Kind: notifications.MissedCall, DedupeKey: call.ID, At: call.End,
		About: notifications.About{Who: c.Contact.ID},
	}
	kind := outboundhooks.CallMissed
	switch r.Outcome {
	case calls.Voicemail:
		kind, n.Kind = outboundhooks.VoicemailReceived, notifications.Voicemail
	case calls.Missed, calls.HungUp:
	default:
		return
	}
	changes.Hooks = append(changes.Hooks, outboundhooks.Event{CompanyID: call.CompanyID, Kind: kind, At: call.End, Data: map[string]any{
		"call": call.ID, "provider_id": call.SID, "team": call.TeamID, "contact": c.Contact.ID, "ticket": ticket, "sender": call.SenderID,
		"from": call.Caller, "outcome": string(r.Outcome), "step": string(r.Step),
	}})
	if c.Contact.BlockedAt != nil {
		return
	}
	if rules.OnWhatsApp(call.Kind) || !rules.Withheld(call.Caller) {
		n.About.From = call.Caller
	}
	changes.Notices = append(changes.Notices, n)
}
