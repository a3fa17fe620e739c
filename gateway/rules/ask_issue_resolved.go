package rules

import "ringback/settings/automations"

// AskIssueResolved asks whether a ticket that an advisor is finished with is
// resolved. What became of the ticket meanwhile may have answered it.
var AskIssueResolved = askRule(automations.AskIssueResolved, AskResolved, func(s Situation) Reason {
	switch {
	case s.Ticket == nil || s.Ticket.Status == "open":
		return ReasonTicketReopened
	case s.Ticket.Status == "closed":
		return ReasonTicketClosed
	case s.becameSoAgain():
		return ReasonTicketReopened
	}
	return ""
})
