package rules

import "ringback/settings/automations"

// CaptureAdvisorRating asks how the advisor did, once for each time that a
// ticket is closed as resolved. One that was opened again is not over.
var CaptureAdvisorRating = askRule(automations.CaptureAdvisorRating, AskRating, func(s Situation) Reason {
	if s.Ticket == nil || s.Ticket.Status != "closed" || s.becameSoAgain() {
		return ReasonTicketReopened
	}
	return ""
})
