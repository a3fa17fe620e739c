package rules

import "ringback/settings/automations"

// CustomerCallMissed answers a caller whom nobody answered and who left no
// voicemail.
var CustomerCallMissed = callRule(automations.CustomerCallMissed,
	func(s Situation) bool { return s.Call.Outcome == CallMissed },
	onceForRedials)
