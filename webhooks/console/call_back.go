package console

import (
	"fmt"
	"slices"

	"ringback/channels"
	"ringback/gateway/inbox"
	"ringback/settings"
)

// callBack has the advisor's phone rung, and then the customer's.
func (v *View) callBack() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.console.Inbox.CallBack(v.ctx(), v.Who, v.Team.ID, id, v.Form("key"), inbox.NewCallBack{})
	return v.afterTicket(id, err)
}

// canCall reports whether the team has a number that customers can be called from.
func (v *View) canCall() (bool, error) {
	senders, err := settings.ListSenders(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", most)
	return slices.ContainsFunc(senders, func(s settings.Sender) bool { return s.Kind == channels.Voice }), err
}

// Length is how long something lasts, as players say it: 2:05.
func (v *View) Length(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// ReplyBy is the kind of sender that a reply goes out from: who called is written to.
func (p ticketPage) ReplyBy() string {
	if p.Channel == string(channels.Voice) {
		return string(channels.SMS)
	}
	return p.Channel
}

// Rings is the customer's number, when one is known that could be rung.
func (p ticketPage) Rings() string {
	for _, address := range []string{p.unproven(), p.Address} {
		if len(address) > 0 && address[0] == '+' {
			return address
		}
	}
	return ""
}

func (p ticketPage) unproven() string {
	if p.Unproven == nil {
		return ""
	}
	return p.Unproven.Address
}
