package rules

import "ringback/channels"

// All is the rules in the order in which they are asked about an event. The
// automations on tickets from the web and on advisors' requests are not here
// yet: nothing in the gateway raises their events.
var All = []Rule{
	AfterHoursText,
	CustomerFirstChat,

	AfterHoursCall,
	AfterSuccessfulCall,
	CustomerLeavesVoicemail,
	CustomerHangsUp,
	CustomerCallMissed,
}

func rulesOn(kind channels.EventKind) []Rule {
	var on []Rule
	for _, r := range All {
		if r.On == kind {
			on = append(on, r)
		}
	}
	return on
}
