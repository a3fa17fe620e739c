package rules

import "ringback/settings/automations"

// CustomerHangsUp answers a caller who gave up before anybody answered: during
// the greeting, after choosing an option, or while it rang.
var CustomerHangsUp = callRule(automations.CustomerHangsUp,
	func(s Situation) bool { return s.Call.Outcome == CallHungUp },
	onceForRedials)
