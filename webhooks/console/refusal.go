package console

// settleRefusal says, on the page of a customer, whether they asked for no more
// texts.
func (v *View) settleRefusal() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.SettleRefusal(v.ctx(), v.Who, v.Team.ID, id, v.Form("meant") == "yes")
	return v.afterContact(id, "", err)
}

// settleRefusalOnTicket says the same on the ticket that they wrote on.
func (v *View) settleRefusalOnTicket() error {
	t, err := v.ticketOfPath()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.SettleRefusal(v.ctx(), v.Who, v.Team.ID, t.Contact, v.Form("meant") == "yes")
	return v.afterTicket(t.ID, err)
}
