package twilio

import (
	"strconv"
	"time"

	"ringback/channels"
)

const (
	never = channels.Never
	later = channels.Later
	look  = channels.Look
)

// code is a row of the table.
type code channels.Code

// Codes are the codes that we know. Their meanings are in Twilio's dictionary,
// https://www.twilio.com/docs/api/errors, and the reactions from what its
// pages and other gateways' practice say of each.
var Codes = []code{
	{"10001", "the account is not active", channels.ReasonCredentials, never, 0, 0},
	{"11751", "a file is larger than an MMS may be", channels.ReasonFileRefused, never, 0, 0},
	{"14107", "too many replies between two numbers: this looks like a loop", channels.ReasonRejected, never, 0, 0},
	{"20003", "the account or its token is refused", channels.ReasonCredentials, never, 0, 0},
	{"20005", "the account is not active", channels.ReasonCredentials, never, 0, 0},
	{"20008", "test credentials cannot do this", channels.ReasonMisconfigured, never, 0, 0},
	{"20404", "the account or the address of the API is not known", channels.ReasonMisconfigured, never, 0, 0},
	{"20429", "too many requests at once", channels.ReasonThrottled, later, 0, 0},
	{"20500", "an error within Twilio", channels.ReasonAmbiguous, look, 0, 0},
	{"20503", "Twilio is not available", channels.ReasonAmbiguous, look, 0, 0},

	{"21211", "could not be texted: the customer's number is not valid", channels.ReasonUnreachable, never, 0, 0},
	{"21212", "our sender is not a valid number", channels.ReasonMisconfigured, never, 0, 0},
	{"21214", "the number cannot be reached from this sender", channels.ReasonNotOnChannel, never, 0, 0},
	{"21217", "could not be texted: the customer's number is not valid", channels.ReasonUnreachable, never, 0, 0},
	{"21222", "the account's id is not valid", channels.ReasonCredentials, never, 0, 0},
	{"21224", "the account's token is not valid", channels.ReasonCredentials, never, 0, 0},
	{"21408", "the account has no permission for the country of this number", channels.ReasonMisconfigured, never, 0, 0},
	{"21601", "our sender cannot send messages", channels.ReasonMisconfigured, never, 0, 0},
	{"21602", "the message has no text", channels.ReasonRejected, never, 0, 0},
	{"21603", "the message has no sender", channels.ReasonMisconfigured, never, 0, 0},
	{"21604", "the message has no recipient", channels.ReasonRejected, never, 0, 0},
	{"21606", "our sender is not a number of this account that can send to there", channels.ReasonMisconfigured, never, 0, 0},
	{"21608", "a trial account sends only to numbers that were verified in Twilio's console", channels.ReasonMisconfigured, never, 0, 0},
	{"21609", "the address for status callbacks is not valid", channels.ReasonMisconfigured, never, 0, 0},
	{"21610", "the person has opted out of texts from this sender", channels.ReasonOptedOut, never, 0, 0},
	{"21611", "the sender's queue is full", channels.ReasonThrottled, later, time.Minute, 0},
	{"21612", "the number cannot be reached from this sender", channels.ReasonNotOnChannel, never, 0, 0},
	{"21614", "could not be texted: not a mobile number", channels.ReasonUnreachable, never, 0, 0},
	{"21617", "the text is longer than 1,600 characters", channels.ReasonRejected, never, 0, 0},
	{"21618", "the text was filtered", channels.ReasonFiltered, never, 0, 0},
	{"21619", "the message has neither text nor file", channels.ReasonRejected, never, 0, 0},
	{"21620", "a file's address is not valid", channels.ReasonFileRefused, never, 0, 0},
	{"21621", "our sender cannot send files", channels.ReasonFileRefused, never, 0, 0},
	{"21623", "more than 10 files", channels.ReasonFileRefused, never, 0, 0},
	{"21635", "could not be texted: a landline", channels.ReasonUnreachable, never, 0, 0},
	{"21654", "the template is not known", channels.ReasonMisconfigured, never, 0, 0},
	{"21655", "the template's id is not valid", channels.ReasonMisconfigured, never, 0, 0},
	{"21656", "the template's variables are not valid", channels.ReasonMisconfigured, never, 0, 0},
	{"21703", "the Messaging Service has no number that can send this", channels.ReasonMisconfigured, never, 0, 0},
	{"21704", "the Messaging Service has no number", channels.ReasonMisconfigured, never, 0, 0},
	{"21705", "the Messaging Service is not known", channels.ReasonMisconfigured, never, 0, 0},

	{"30001", "the queue overflowed", channels.ReasonThrottled, later, time.Minute, 0},
	{"30002", "the account is suspended", channels.ReasonCredentials, never, 0, 0},
	{"30003", "the phone is off or out of reach", channels.ReasonCarrier, later, 30 * time.Minute, 2},
	{"30004", "the carrier blocks messages to this person", channels.ReasonFiltered, never, 0, 0},
	{"30005", "could not be texted: the number does not exist or is not in use", channels.ReasonUnreachable, never, 0, 0},
	{"30006", "could not be texted: a landline, or a carrier that cannot be reached", channels.ReasonUnreachable, never, 0, 0},
	{"30007", "the carrier filtered the message", channels.ReasonFiltered, never, 0, 0},
	{"30008", "the carrier could not deliver it and does not say why", channels.ReasonCarrier, later, 10 * time.Minute, 1},
	{"30009", "a part of the message was lost", channels.ReasonCarrier, never, 0, 0},
	{"30017", "the carrier is congested", channels.ReasonCarrier, later, 5 * time.Minute, 0},
	{"30019", "a file is larger than the carrier takes", channels.ReasonFileRefused, never, 0, 0},
	{"30022", "faster than the carrier allows this sender", channels.ReasonThrottled, later, time.Minute, 0},
	{"30023", "the carrier's cap for this sender and day is reached", channels.ReasonCapped, later, 12 * time.Hour, 2},
	{"30025", "half of the carrier's cap for the day is used", channels.ReasonThrottled, never, 0, 0},
	{"30026", "70 percent of the carrier's cap for the day is used", channels.ReasonThrottled, never, 0, 0},
	{"30027", "T-Mobile's cap for this sender and day is reached", channels.ReasonCapped, later, 12 * time.Hour, 2},
	{"30032", "the toll-free number is not verified", channels.ReasonMisconfigured, never, 0, 0},
	{"30033", "the sender's campaign is suspended", channels.ReasonMisconfigured, never, 0, 0},
	{"30034", "the sender is not registered for texts to the United States", channels.ReasonMisconfigured, never, 0, 0},
	{"30035", "the sender's registration is still being set up", channels.ReasonMisconfigured, never, 0, 0},
	{"30410", "the carrier did not answer in time", channels.ReasonCarrier, later, 10 * time.Minute, 1},
	{"30450", "blocked as suspected pumping of text messages", channels.ReasonSuspected, never, 0, 0},

	{"63002", "the channel's sender is not known", channels.ReasonMisconfigured, never, 0, 0},
	{"63003", "the person is not on this channel", channels.ReasonNotOnChannel, never, 0, 0},
	{"63005", "the channel does not take this content", channels.ReasonRejected, never, 0, 0},
	{"63006", "the content cannot be formatted for the channel", channels.ReasonRejected, never, 0, 0},
	{"63007", "the channel's sender is not known", channels.ReasonMisconfigured, never, 0, 0},
	{"63008", "the channel is not set up rightly", channels.ReasonMisconfigured, never, 0, 0},
	{"63009", "an error at the channel", channels.ReasonUnavailable, later, 0, 0},
	{"63010", "an error at the channel", channels.ReasonUnavailable, later, 0, 0},
	{"63012", "the channel is not available", channels.ReasonUnavailable, later, 0, 0},
	{"63013", "against the channel's policy", channels.ReasonFiltered, never, 0, 0},
	{"63014", "the person has blocked this sender", channels.ReasonOptedOut, never, 0, 0},
	{"63015", "the person has not joined the sandbox", channels.ReasonNotOnChannel, never, 0, 0},
	{"63016", "more than 24 hours since the person wrote: WhatsApp takes templates only", channels.ReasonWindowClosed, never, 0, 0},
	{"63017", "faster than the channel allows", channels.ReasonThrottled, later, 0, 0},
	{"63018", "faster than the channel allows", channels.ReasonThrottled, later, 0, 0},
	{"63019", "a file could not be fetched", channels.ReasonFileRefused, never, 0, 0},
	{"63020", "the sender's business account has to be confirmed at Meta", channels.ReasonMisconfigured, never, 0, 0},
	{"63021", "the channel does not take this content", channels.ReasonRejected, never, 0, 0},
	{"63024", "the person is not on this channel", channels.ReasonNotOnChannel, never, 0, 0},
	{"63027", "the template does not exist in this language", channels.ReasonMisconfigured, never, 0, 0},
	{"63028", "the template has another number of variables", channels.ReasonMisconfigured, never, 0, 0},
	{"63030", "the template has a variable that is not supported", channels.ReasonMisconfigured, never, 0, 0},
	{"63032", "WhatsApp keeps this person out for a test of its own", channels.ReasonNotOnChannel, never, 0, 0},
	{"63033", "the person has blocked this sender", channels.ReasonOptedOut, never, 0, 0},
	{"63038", "the account's cap for the day is reached", channels.ReasonCapped, later, 12 * time.Hour, 2},
	{"63040", "the template is rejected", channels.ReasonTemplateRejected, never, 0, 0},
	{"63041", "the template is paused", channels.ReasonTemplatePaused, never, 0, 0},
	{"63042", "the template is disabled", channels.ReasonTemplateDisabled, never, 0, 0},
	{"63051", "the WhatsApp business account is locked", channels.ReasonCredentials, never, 0, 0},
}

var byCode = func() map[string]channels.Code {
	m := make(map[string]channels.Code, len(Codes))
	for _, c := range Codes {
		m[c.Code] = channels.Code(c)
	}
	return m
}()

// Explain says what a code means. One that is new to us is taken as final:
// Twilio had the message and says that it failed.
func Explain(code string) channels.Code {
	if known, ok := byCode[code]; ok {
		return known
	}
	unknown := channels.Code{Code: code, Means: "refused with a code that is new to us", Reason: channels.ReasonRejected}
	if n, err := strconv.Atoi(code); err == nil && n >= 30000 && n < 40000 {
		unknown.Reason = channels.ReasonCarrier
	}
	return unknown
}
