package rules

// All is the rules in the order in which they are asked about an event.
var All = []Rule{
	AfterHoursText,
	CustomerFirstChat,

	AfterHoursTicket,
	FirstTicket,

	AfterHoursCall,
	AfterSuccessfulCall,
	CustomerLeavesVoicemail,
	CustomerHangsUp,
	CustomerCallMissed,

	CaptureAdvisorRating,
	AskIssueResolved,
	RequestPhotoVideo,
	ShareVoiceHub,
	RequestApproval,
	RequestPayment,
}

func rulesOn(s Situation) []Rule {
	kind, asks := s.Event.Kind, ""
	if s.Request != nil {
		kind, asks = Asked, s.Request.Kind
	}
	var on []Rule
	for _, r := range All {
		if r.On == kind && r.Asks == asks {
			on = append(on, r)
		}
	}
	return on
}
