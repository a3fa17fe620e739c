package rules

import "time"

// reopenFor is how long after closing an ordinary message ("Thanks!") still
// belongs to the closed ticket.
const reopenFor = 24 * time.Hour

// ticketStep is what an ordinary message does: it joins the newest open
// ticket, reopens one that is done or was closed within a day, or opens a new
// one.
func ticketStep(s Situation) TicketStep {
	switch {
	case s.Ticket == nil:
		return OpenTicket
	case s.Ticket.Status == "open":
		return JoinTicket
	case s.Ticket.Status == "done":
		return ReopenTicket
	case s.Event.At.Sub(s.Ticket.ClosedAt) < reopenFor:
		return ReopenTicket
	default:
		return OpenTicket
	}
}
