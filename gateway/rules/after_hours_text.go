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
		// A team that was never open has one closed period without a start.
		last, sent := s.History.Last[automations.AfterHoursText]
		if sent && !last.Before(s.Hours.Since) && !last.After(s.Event.At) {
			return ReasonAlreadySent
		}
		return ""
	},
}
