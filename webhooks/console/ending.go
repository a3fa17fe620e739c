package console

import (
	"ringback/gateway/inbox"
)

// ending is what a ticket is about to become, and what the customer would get.
type ending struct {
	inbox.Tried
	Status string // done, closed
}

// end shows what the customer gets before a ticket is done or closed.
func (v *View) end() error {
	page, err := v.readTicket()
	if err != nil {
		return err
	}
	page.Ending.Status = v.Query("status")
	if page.Ending.Tried, err = v.console.Inbox.TryEnding(v.ctx(), v.Who, v.Team.ID, page.ID, page.Ending.Status); err != nil {
		return err
	}
	if v.Partial() {
		return v.Part("ticket-ending", page)
	}
	return v.Show("ticket.html", page)
}
