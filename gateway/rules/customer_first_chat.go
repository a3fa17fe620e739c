package rules

import (
	"ringback/channels"
	"ringback/settings/automations"
)

// CustomerFirstChat greets a contact whose message opens a new ticket. Since
// only the message that opens the ticket fits, it goes out once per ticket
// without a memory of its own.
var CustomerFirstChat = Rule{
	Key: automations.CustomerFirstChat,
	On:  channels.MessageReceived,
	Fits: func(s Situation) (Reason, bool) {
		switch ticketStep(s) {
		case OpenTicket:
			return "", true
		case ReopenTicket:
			return ReasonTicketReopened, false
		default:
			return ReasonTicketOpen, false
		}
	},
	Suppress: func(s Situation) Reason {
		if advisorActive(s) {
			return ReasonAdvisorActive
		}
		return ""
	},
}
