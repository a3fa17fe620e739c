package rules

import (
	"time"

	"ringback/settings/automations"
)

// AfterSuccessfulCall follows a call that an advisor answered, once per ticket
// and day of the team's zone.
var AfterSuccessfulCall = callRule(automations.AfterSuccessfulCall,
	func(s Situation) bool { return s.Call.Outcome == CallAnswered },
	func(s Situation) Reason {
		last := s.History.OnTicket[automations.AfterSuccessfulCall]
		if !last.IsZero() && s.day(last) == s.day(s.Event.At) {
			return ReasonAlreadySent
		}
		return ""
	})

// day is the date of an instant where the team is.
func (s Situation) day(t time.Time) string { return t.In(s.zone()).Format(time.DateOnly) }
