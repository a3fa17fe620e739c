package rules

import "ringback/settings/automations"

// CustomerLeavesVoicemail thanks for a voicemail. It has a memory of its own.
var CustomerLeavesVoicemail = callRule(automations.CustomerLeavesVoicemail,
	func(s Situation) bool { return s.Call.Outcome == CallVoicemail },
	func(s Situation) Reason {
		if s.sentWithin(redial, automations.CustomerLeavesVoicemail) {
			return ReasonAlreadySent
		}
		return ""
	})
