package console

import (
	"ringback/gateway/inbox"
	"ringback/settings"
)

// railCounts are counted once for a page, and only where they are shown.
type railCounts struct {
	known bool
	inbox.Rail
}

// railCounts counts for the team that the page is about. Where that cannot be done now, no
// page is missing for it: nothing is unread, and there seem to be senders.
func (v *View) railCounts() inbox.Rail {
	none := inbox.Rail{SenderCount: settings.SenderCount{All: 1}}
	if v.counted == nil || v.Team.ID == "" || v.Who.StaffID == "" {
		return none
	}
	if !v.counted.known {
		found, err := v.console.Inbox.Rail(v.ctx(), v.Who, v.Team.ID)
		if err != nil {
			v.console.Log.Error("the menu counts nothing", "error", err)
			found = none
		}
		*v.counted = railCounts{true, found}
	}
	return v.counted.Rail
}

// NoSender reports whether the team has no number or web chat yet, without which nothing
// on its pages can happen.
func (v *View) NoSender() bool { return v.railCounts().All == 0 }

// Troubled is how many of the team's senders somebody has to look at, for who sees them.
func (v *View) Troubled() int {
	if !v.Who.MayCall("list-senders") {
		return 0
	}
	return v.railCounts().Troubled
}
