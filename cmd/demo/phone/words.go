package phone

import (
	"ringback/channels"
	"ringback/gateway/rules"
	"ringback/settings/automations"
	"ringback/settings/schedule"
)

// because are the reasons of decisions, to stand after "Not sent:".
var because = map[rules.Reason]string{
	rules.ReasonSent:            "it answers the customer",
	rules.ReasonDisabled:        "the automation that fits is switched off",
	rules.ReasonOpen:            "the team is open, and it is for closed hours",
	rules.ReasonTicketOpen:      "the conversation is already under way",
	rules.ReasonTicketReopened:  "the conversation ended less than a day ago and goes on",
	rules.ReasonOtherChannel:    "it does not go out on this channel",
	rules.ReasonOptedOut:        "the customer opted out",
	rules.ReasonOptedIn:         "the customer opted in again",
	rules.ReasonHelp:            "the customer asked for help",
	rules.ReasonBlocked:         "the team blocked this customer",
	rules.ReasonUnreachable:     "no text reaches this number",
	rules.ReasonLandline:        "the number is no line that takes texts",
	rules.ReasonUnverified:      "nobody vouches for the caller’s number, and such callers got enough texts this hour",
	rules.ReasonWithheld:        "the customer’s number is withheld",
	rules.ReasonOwnNumber:       "the number is one of the team’s own",
	rules.ReasonNoSender:        "the team has no number left to answer from",
	rules.ReasonCountry:         "the team does not text this country",
	rules.ReasonAlreadySent:     "the customer already got it",
	rules.ReasonAdvisorActive:   "an advisor is writing with the customer",
	rules.ReasonLoopGuard:       "another machine seems to be answering",
	rules.ReasonOpenNow:         "it says that the team is closed, and it is open again",
	rules.ReasonExpired:         "it would come too late to make sense",
	rules.ReasonContactBudget:   "the customer got enough automatic messages for now",
	rules.ReasonTeamBudget:      "the team reached its cap of automatic messages",
	rules.ReasonOtherOutcome:    "the call came to something else",
	rules.ReasonTooShort:        "the call was over at once, a wrong number most likely",
	rules.ReasonCustomerReached: "an advisor was quicker",
	rules.ReasonHeldBack:        "it waits, in case an advisor is quicker",
	rules.ReasonQuietHours:      "it waits for a decent hour where the customer is",
	rules.ReasonTicketClosed:    "the ticket was closed meanwhile, so there is nothing left to ask",
	rules.ReasonAnswer:          "it answers what the team asked",
	rules.ReasonAlreadyAnswered: "it repeats an answer that the team has",
	rules.ReasonStaff:           "it is one of the staff's own phone",
	rules.ReasonUnclearOptOut:   "they may want no more texts, so one of the staff says whether",
	rules.ReasonUnclearAnswer:   "it may answer several questions, so one of the staff says which",
	rules.ReasonAside:           "it is a remark on what was said, to which nobody waits for an answer",
	rules.ReasonWindowClosed:    "the customer last wrote more than 24 hours ago, and WhatsApp takes only templates then",
	rules.ReasonTemplateHeld:    "the customer last wrote more than 24 hours ago, and WhatsApp holds the template that would go out then",
	rules.ReasonFault:           "handling it failed again and again; the log says more",
}

// sentence is a decision in one sentence, without its full stop.
func sentence(d decision) string {
	why, known := because[rules.Reason(d.Reason)]
	if !known {
		why = d.Reason
	}
	what := ""
	if d.Automation != "" {
		what = " “" + title(d.Automation) + "”"
	}
	switch {
	case d.Outcome == string(rules.Deferred):
		return "Put off" + what + ": " + why
	case d.Outcome != string(rules.Sent):
		return "Not sent" + what + ": " + why
	case what == "":
		return "Sent a confirmation: " + why
	default:
		return "Sent" + what
	}
}

// title is an automation's name for people.
func title(key string) string {
	if d, known := automations.Find(key); known {
		return d.Title
	}
	return key
}

// hours say why a team is open or closed.
var hours = map[schedule.Reason]string{
	schedule.Open:             "in business hours",
	schedule.ClosedByHoliday:  "whatever the schedules say",
	schedule.ClosedBySchedule: "rings, but not business hours",
	schedule.OutsideSchedules: "no schedule is in effect",
	schedule.NoSchedules:      "it has no schedule that is switched on",
}

// stand is a delivery's state: the word under the bubble, the sentence of the
// story, and how it is to look.
type stand struct {
	Word, Sentence string
	Look           string // wait: not there yet; good; bad: it will not get there
}

var stands = map[channels.State]stand{
	channels.Queued:      {"Queued", "Waits in the outbox", "wait"},
	channels.Unknown:     {"Looking for it", "The provider’s answer was lost: looking whether it took the message", "wait"},
	channels.Sending:     {"Sending", "The provider took it", "wait"},
	channels.Sent:        {"Sent", "The carrier has it", "wait"},
	channels.Delivered:   {"Delivered", "Delivered to the phone", "good"},
	channels.Read:        {"Read", "Read on the phone", "good"},
	channels.Failed:      {"Failed", "Not delivered: sending it failed", "bad"},
	channels.Undelivered: {"Not delivered", "Not delivered: the carrier gave it up", "bad"},
	channels.Expired:     {"Dropped", "Dropped: it would have come too late to make sense", "bad"},
	channels.Canceled:    {"Taken back", "Taken back before it was sent", "bad"},
}

// troubles are why a message did not go out or arrive.
var troubles = map[channels.Reason]string{
	channels.ReasonOptedOut:         "the customer said STOP to this number",
	channels.ReasonUnreachable:      "no text reaches this number",
	channels.ReasonWindowClosed:     "WhatsApp takes it only within 24 hours of the customer’s last message",
	channels.ReasonTemplatePaused:   "WhatsApp has paused the template",
	channels.ReasonTemplateRejected: "WhatsApp has rejected the template",
	channels.ReasonTemplateDisabled: "WhatsApp has switched the template off",
	channels.ReasonNotOnChannel:     "the customer is not on this channel",
	channels.ReasonThrottled:        "the provider says we are too fast",
	channels.ReasonCapped:           "the sender has sent as much as it may in a day",
	channels.ReasonSuspected:        "the provider suspects fraud or spam",
	channels.ReasonPairThrottled:    "the provider says we are too fast for this one person",
	channels.ReasonUnavailable:      "the provider is down or cannot be reached",
	channels.ReasonAmbiguous:        "the provider’s answer was lost",
	channels.ReasonCredentials:      "the provider refuses our account or its token",
	channels.ReasonMisconfigured:    "the number or the account needs somebody’s hand",
	channels.ReasonFiltered:         "a carrier or a policy stopped the content",
	channels.ReasonFileRefused:      "the provider does not take its files",
	channels.ReasonRejected:         "the provider will not take this message",
	channels.ReasonCarrier:          "the carrier could not deliver it",
}
