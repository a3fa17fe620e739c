package whatsapp

import (
	"net/http"
	"strconv"
	"time"

	"ringback/channels"
	"ringback/channels/httpcall"
)

const (
	never = channels.Never
	later = channels.Later
)

// code is a row of the table.
type code channels.Code

// Codes are the codes that we know, from Meta's page
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes.
// The code decides, not the HTTP status beside it: an answer that has one is
// Meta's word that the message was not taken.
var Codes = []code{
	{"0", "the access token is refused", channels.ReasonCredentials, never, 0, 0},
	{"3", "the app may not do this", channels.ReasonCredentials, never, 0, 0},
	{"10", "the app has no permission for this number", channels.ReasonCredentials, never, 0, 0},
	{"190", "the access token is expired or revoked", channels.ReasonCredentials, never, 0, 0},
	{"200", "the app has no permission for this", channels.ReasonCredentials, never, 0, 0},
	{"131005", "the app has no permission for this", channels.ReasonCredentials, never, 0, 0},
	{"368", "the business account is blocked for breaking a policy", channels.ReasonCredentials, never, 0, 0},
	{"131031", "the business account is locked", channels.ReasonCredentials, never, 0, 0},

	{"4", "too many calls of the app", channels.ReasonThrottled, later, time.Minute, 0},
	{"80007", "too many calls of the business account", channels.ReasonThrottled, later, time.Minute, 0},
	{"130429", "faster than this number may send", channels.ReasonThrottled, later, 0, 0},
	{"131048", "too many of this number's messages were blocked or reported", channels.ReasonSuspected, later, time.Hour, 2},
	{"131056", "too many messages to this person in a short time", channels.ReasonPairThrottled, later, 6 * time.Second, 0},
	{"131064", "faster than this number may send", channels.ReasonThrottled, later, 0, 0},
	{"133016", "too many registrations of this number", channels.ReasonThrottled, later, time.Hour, 2},

	{"1", "an error within Meta", channels.ReasonUnavailable, later, 0, 0},
	{"2", "Meta is not available", channels.ReasonUnavailable, later, 0, 0},
	{"131000", "an error within Meta", channels.ReasonUnavailable, later, 0, 0},
	{"131016", "Meta is not available", channels.ReasonUnavailable, later, 0, 0},
	{"131057", "the business account is in maintenance", channels.ReasonUnavailable, later, 0, 0},

	{"33", "the phone number id is not known", channels.ReasonMisconfigured, never, 0, 0},
	{"100", "a parameter is not valid", channels.ReasonRejected, never, 0, 0},
	{"130497", "this business may not write to people in this country", channels.ReasonMisconfigured, never, 0, 0},
	{"131008", "a parameter is missing", channels.ReasonRejected, never, 0, 0},
	{"131009", "a parameter has a value that is not valid", channels.ReasonRejected, never, 0, 0},
	{"131021", "the message is to our own number", channels.ReasonRejected, never, 0, 0},
	{"131030", "a test number sends only to people on its list", channels.ReasonMisconfigured, never, 0, 0},
	{"131042", "the business account's payment method has to be looked at", channels.ReasonMisconfigured, never, 0, 0},
	{"131045", "the number's certificate is wrong: register it again", channels.ReasonMisconfigured, never, 0, 0},
	{"131051", "the message's type is not supported", channels.ReasonRejected, never, 0, 0},
	{"131052", "a file could not be fetched from the person", channels.ReasonRejected, never, 0, 0},
	{"131053", "a file could not be sent: its type or size", channels.ReasonFileRefused, never, 0, 0},
	{"133010", "the number is not registered with the Cloud API", channels.ReasonMisconfigured, never, 0, 0},
	{"135000", "a parameter is not valid", channels.ReasonRejected, never, 0, 0},

	{"130472", "WhatsApp keeps this person out for a test of its own", channels.ReasonNotOnChannel, never, 0, 0},
	{"131026", "the person is not on WhatsApp, or cannot get this message", channels.ReasonNotOnChannel, never, 0, 0},
	{"131037", "the number's display name is not approved", channels.ReasonNotOnChannel, never, 0, 0},
	{"131062", "this message needs the person's phone number", channels.ReasonNotOnChannel, never, 0, 0},
	{"131063", "this message needs the person's phone number", channels.ReasonNotOnChannel, never, 0, 0},

	{"131047", "more than 24 hours since the person wrote: WhatsApp takes templates only", channels.ReasonWindowClosed, never, 0, 0},
	{"131049", "WhatsApp keeps the person from too many messages of businesses", channels.ReasonFiltered, never, 0, 0},
	{"131050", "the person takes no marketing of this business", channels.ReasonFiltered, never, 0, 0},

	{"132000", "the template has another number of values", channels.ReasonMisconfigured, never, 0, 0},
	{"132001", "the template does not exist in this language", channels.ReasonMisconfigured, never, 0, 0},
	{"132005", "the template with its values is too long", channels.ReasonRejected, never, 0, 0},
	{"132007", "the template breaks a policy", channels.ReasonMisconfigured, never, 0, 0},
	{"132012", "a value of the template has the wrong form", channels.ReasonMisconfigured, never, 0, 0},
	{"132015", "the template is paused", channels.ReasonTemplatePaused, never, 0, 0},
	{"132016", "the template is disabled", channels.ReasonTemplateDisabled, never, 0, 0},
	{"132068", "the template's flow is blocked", channels.ReasonMisconfigured, never, 0, 0},
	{"132069", "the template's flow is throttled", channels.ReasonMisconfigured, never, 0, 0},
}

var byCode = func() map[string]channels.Code {
	m := make(map[string]channels.Code, len(Codes))
	for _, c := range Codes {
		m[c.Code] = channels.Code(c)
	}
	return m
}()

// known is what a code means; false: it is new to us. Those from 200 to 299
// are all about permissions.
func known(code string) (channels.Code, bool) {
	if n, err := strconv.Atoi(code); err == nil && n > 200 && n < 300 {
		c := byCode["200"]
		c.Code = code
		return c, true
	}
	c, found := byCode[code]
	return c, found
}

// Explain says what a code means. One that is new to us is taken as final:
// Meta had the message and says that it failed.
func Explain(code string) channels.Code {
	if c, found := known(code); found {
		return c
	}
	return channels.Code{Code: code, Means: "refused with a code that is new to us", Reason: channels.ReasonRejected}
}

// explainAnswer goes by the HTTP status where the code is new to us or there
// is none.
func explainAnswer(status int, code string) channels.Code {
	if c, found := known(code); found {
		return c
	}
	byStatus := httpcall.ByStatus(status)
	if code != "" && status == http.StatusNotFound {
		byStatus = Explain(code)
	}
	byStatus.Code = code
	return byStatus
}
