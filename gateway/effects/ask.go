package effects

import (
	"fmt"
	"time"

	"ringback/gateway/events"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// Ask is a question to a customer, or the contact page that is shared.
type Ask struct {
	Payload events.Internal // what the event tells, so that it can be held
	For     string          // what they are asked for
	Ticket  tickets.Ticket  // zero: it is about none
	// Request is the advisor's, or else the one that is made when the question
	// goes out; zero: the contact page, which is no request.
	Request requests.Request
	Written bool // the request stands already
}

// ask has the question go out, wait, or be dropped.
func (c Case) ask(changes *Changes) {
	a := c.Ask
	switch {
	case c.Decision.Outcome == rules.Deferred:
		changes.Timers = append(changes.Timers, c.holdAsk(c.Now.Add(c.Decision.Hold)))
		return
	case !c.Decision.Sends():
		if a.Written {
			changes.Ended = append(changes.Ended, Ending{Request: a.Request, State: requests.Cancelled, At: c.Situation.Now})
		}
		return
	case a.For == rules.AskVoiceHub:
		return
	}
	asked := a.Request
	asked.Channel = string(c.Situation.Event.Channel) // a plain reply answers it where it went out
	if sender, ok := c.Situation.Team.Sender(c.Decision.Sender); ok {
		asked.Channel = string(sender.Kind)
	}
	if a.Written {
		changes.Rerouted = append(changes.Rerouted, asked)
		return
	}
	// An older question of the kind, from an earlier closing, is asked anew.
	changes.Withdrawn = append(changes.Withdrawn, Withdrawal{CompanyID: c.Event.CompanyID, TicketID: a.Ticket.ID, Kind: a.For, At: c.Situation.Now})
	changes.Asked = append(changes.Asked, asked)
}

// holdAsk is the timer that decides again about a question that is put off.
func (c Case) holdAsk(due time.Time) events.InternalEvent {
	e := c.Event
	return events.InternalEvent{
		CompanyID: e.CompanyID, TeamID: e.TeamID, SenderID: e.SenderID, At: e.OccurredAt, Due: due,
		Name:    fmt.Sprintf("%s%s/%d", e.ProviderID, held, due.Unix()),
		Payload: events.AskHeld{Held: events.Deferred{Kind: e.Kind, Name: e.ProviderID}, Of: c.Ask.Payload},
	}
}
