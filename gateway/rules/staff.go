package rules

import "ringback/settings/text"

// decideStaff is about what one of the staff writes from their own phone. They are
// no customer: it goes on the ticket of the notice that they answer, and else they
// are told, within the budget of confirmations, where customers are answered.
func decideStaff(s Situation) Decision {
	d := Decision{Outcome: Skipped, Reason: ReasonStaff, Facts: map[string]any{"staff": s.Contact.Staff}}
	switch {
	case s.Event.Form.IsAnnotation():
	case s.Notice != nil:
		d.Ticket = NoteTicket
	case s.Contact.OptedOut || looping(s) || cannotConfirm(s) != "":
	case s.Told:
		d.Facts["confirmation"] = "over_budget"
	default:
		d.Outcome, d.confirms, d.ExpiresAt = Sent, true, s.expires("")
		d.message, d.plain = composeConfirmation(s, text.StaffPhone), plainLetters(s)
		d.message.Link = s.Console
	}
	return d
}
