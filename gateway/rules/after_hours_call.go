package rules

import "ringback/settings/automations"

// AfterHoursCall answers a call that came while the team was closed and that
// nobody answered, whatever it came to.
var AfterHoursCall = callRule(automations.AfterHoursCall,
	func(s Situation) bool { return !s.Hours.Open && s.Call.Outcome != CallAnswered },
	onceForRedials)
