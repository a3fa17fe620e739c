package rules

import (
	"ringback/channels"
	"ringback/settings/automations"
)

// TicketCreated is a ticket that a customer created themselves, on the web or
// in an app.
const TicketCreated channels.EventKind = "ticket"

// AfterHoursTicket confirms a ticket that a customer created while the team is
// closed. It shares its memory with the text of the same hours.
var AfterHoursTicket = Rule{
	Key: automations.AfterHoursTicket,
	On:  TicketCreated,
	Fits: func(s Situation) (Reason, bool) {
		if s.Hours.Open {
			return ReasonOpen, false
		}
		return "", true
	},
	Suppress: Situation.toldClosed,
}

// FirstTicket greets a customer who created a ticket and had none open.
var FirstTicket = Rule{
	Key: automations.CustomerFirstChat,
	On:  TicketCreated,
	Fits: func(s Situation) (Reason, bool) {
		if s.Ticket != nil && s.Ticket.Status != "closed" {
			return ReasonTicketOpen, false
		}
		return "", true
	},
	Suppress: CustomerFirstChat.Suppress,
}
