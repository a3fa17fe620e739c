package effects

import (
	"ringback/gateway/calls"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
)

// Nobodys reports whether the event leaves an open ticket that is nobody's: a new one, or
// one that is opened again. Had is who of the staff has it although the team does not
// know them, as they have left; such a ticket is handed on whenever its customer is heard.
func (c Case) Nobodys() (had string, yes bool) {
	switch {
	case c.Deferred != nil || c.Ask != nil:
		return "", false
	case c.Opens():
		return "", c.Call == nil || c.Call.assignee(c.opens()) == ""
	case c.Created != nil:
		if c.Created.Assignee != nil {
			return c.left(*c.Created.Assignee)
		}
		return "", true
	case !c.heard():
		return "", false
	}
	t := c.Situation.Ticket
	if t.Assignee != "" {
		return c.left(t.Assignee)
	}
	return "", t.Status != tickets.StatusOpen
}

// heard reports whether the customer is heard on their ticket that was there, and it is
// open from then on.
func (c Case) heard() bool {
	t := c.Situation.Ticket
	switch {
	case t == nil:
		return false
	case c.Message != nil:
		return c.Decision.Ticket == rules.ReopenTicket || c.Decision.Ticket == rules.JoinTicket && t.Status == tickets.StatusOpen
	case c.Call != nil:
		o := c.Call.Result.Outcome
		return c.Call.Effect(c.Situation) == calls.OnTicket && (o == calls.Missed || o == calls.HungUp)
	}
	return false
}

func (c Case) left(staff string) (had string, yes bool) {
	_, known := c.Situation.Team.Advisors[staff]
	return staff, !known
}

// assign gives the ticket to whose turn it is.
func (c Case) assign(changes *Changes, ticket ticketRef) {
	if c.Turn == nil || c.Turn.Staff == "" {
		return
	}
	changes.Assigned = append(changes.Assigned, tickets.Assignment{
		CompanyID: c.Event.CompanyID, TeamID: c.Event.TeamID, TicketID: ticket.ID, Staff: c.Turn.Staff, At: c.Now,
	})
}
