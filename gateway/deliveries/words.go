package deliveries

import "ringback/channels"

// words say in a sentence what each reason of a provider's means for whoever
// looks for the message.
var words = map[channels.Reason]string{
	channels.ReasonOptedOut:         "The customer asked this sender for no more messages.",
	channels.ReasonUnreachable:      "No text reaches this number: it is a landline, or no number at all.",
	channels.ReasonWindowClosed:     "The customer's last WhatsApp message is more than 24 hours old, and there is no template.",
	channels.ReasonTemplatePaused:   "WhatsApp has paused the template.",
	channels.ReasonTemplateRejected: "WhatsApp has rejected the template.",
	channels.ReasonTemplateDisabled: "WhatsApp has switched the template off.",
	channels.ReasonNotOnChannel:     "The customer is not on this channel; another may reach them.",
	channels.ReasonThrottled:        "The provider took no more messages from this sender at that moment.",
	channels.ReasonCapped:           "The sender has sent as much as its carrier or provider takes in a day.",
	channels.ReasonSuspected:        "The provider suspects fraud or spam and holds the sender's messages back.",
	channels.ReasonPairThrottled:    "The provider took no more messages to this person at that moment.",
	channels.ReasonUnavailable:      "The provider could not be reached, or had a fault of its own.",
	channels.ReasonAmbiguous:        "The provider's answer was lost: it may have been sent, or not.",
	channels.ReasonCredentials:      "The provider refused the account or its token: nothing goes out until that is put right.",
	channels.ReasonMisconfigured:    "The sender or the account's settings at the provider need somebody's hand.",
	channels.ReasonFiltered:         "A carrier or a policy stopped the content.",
	channels.ReasonFileRefused:      "The provider does not take its files.",
	channels.ReasonRejected:         "The provider does not take this message as it is.",
	channels.ReasonCarrier:          "The customer's carrier could not deliver it.",
	ReasonBlocked:                   "The customer was blocked before it left.",
	ReasonAdvisorActive:             "An advisor answered the customer before it left.",
	ReasonInDoubt:                   "The customer may have asked for no more texts before it left, and nobody had said yet whether they did.",
	ReasonTeamBudget:                "The team's limit of automatic messages was lowered before it left.",
	ReasonRequestOver:               "What it asks was answered or withdrawn before it left.",
	ReasonLandline:                  "No text reaches this number: it is a landline, or another line that takes none.",
	ReasonErased:                    "The customer was erased before it left.",
}

// explain says what the reason is in words, as far as there is one.
func explain(found []Delivery) []Delivery {
	for n := range found {
		d := &found[n]
		d.Explanation = words[d.Reason]
		switch {
		case d.State == channels.Expired && d.Explanation == "":
			d.Explanation = "It came too late to make sense, and was not sent."
		case d.State == channels.Canceled && d.Reason == channels.ReasonOptedOut:
			d.Explanation = "The customer said STOP before it left."
		}
	}
	return found
}
