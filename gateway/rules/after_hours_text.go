package rules

import (
	"ringback/channels"
	"ringback/settings/automations"
)

// AfterHoursText answers a text that comes while the team is closed, once per
// contact until the team opens again.
var AfterHoursText = Rule{
	Key: automations.AfterHoursText,
	On:  channels.MessageReceived,
	Fits: func(s Situation) (Reason, bool) {
		switch {
		case s.Hours.Open:
			return ReasonOpen, false
		case s.Event.Channel == channels.WebChat:
			return ReasonOtherChannel, false
		}
		return "", true
	},
	Suppress: func(s Situation) Reason {
		if advisorActive(s) {
			return ReasonAdvisorActive
		}
		return s.toldClosed()
	},
}

// toldClosed keeps the contact from being told twice in a closed period, by text
// or about a ticket, in whatever order the events come or their times say. A team
// that was never open has one such period without a start.
func (s Situation) toldClosed() Reason {
	for _, key := range []string{automations.AfterHoursText, automations.AfterHoursTicket} {
		last, sent := s.History.Last[key]
		if sent && !last.Before(s.Hours.Since) && (s.Hours.Next.IsZero() || last.Before(s.Hours.Next)) {
			return ReasonAlreadySent
		}
	}
	return ""
}
