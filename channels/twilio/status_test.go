package twilio

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func TestStatus(t *testing.T) {
	form := sms("From", "whatsapp:+15550001111", "To", "whatsapp:+15550002222", "MessageStatus", "failed", "SmsStatus", "queued",
		"ErrorCode", "63016", "ChannelStatusMessage", "outside the allowed window", "ChannelToAddress", "+1555000XXXX")
	same(t, channels.Event{
		Kind: channels.DeliveryMoved, ProviderID: "SM22222222222222222222222222222222/failed", Account: testSid,
		Sender: channels.WhatsAppTwilio, SenderAddress: "+15550001111", CustomerAddress: "+15550002222",
		Status: &channels.Status{
			Delivery: "018f-77", ProviderID: "SM22222222222222222222222222222222", State: channels.Failed, Word: "failed",
			Code: "63016", Detail: "outside the allowed window", Reason: channels.ReasonWindowClosed,
		},
	}, parseOne(t, parseStatus, post(StatusPath+"?a=%zz&delivery=018f-77#rc=5", form)))
}

func TestStatusWords(t *testing.T) {
	for word, state := range map[string]channels.State{
		"accepted": channels.Sending, "scheduled": channels.Sending, "queued": channels.Sending, "sending": channels.Sending,
		"sent": channels.Sent, "partially_delivered": channels.Sent, "delivered": channels.Delivered, "read": channels.Read,
		"failed": channels.Failed, "undelivered": channels.Undelivered, "canceled": channels.Canceled,
		"received": "", "teleported": "",
	} {
		form := sms("SmsStatus", word, "ErrorCode", "0")
		e := parseOne(t, parseStatus, post(StatusPath, form))
		require.Equal(t, channels.Status{ProviderID: "SM22222222222222222222222222222222", State: state, Word: word}, *e.Status)
	}
	_, err := parseStatus(post(StatusPath, sms()))
	require.EqualError(t, err, "MessageStatus: is missing")
}

func TestStatusExplainsItsCode(t *testing.T) {
	s := parseOne(t, parseStatus, post(StatusPath, sms("MessageStatus", "undelivered", "ErrorCode", "30006"))).Status
	require.Equal(t, channels.ReasonUnreachable, s.Reason)
	require.Equal(t, "could not be texted: a landline, or a carrier that cannot be reached", s.Detail)
	s = parseOne(t, parseStatus, post(StatusPath, sms("MessageStatus", "undelivered", "ErrorCode", "30999"))).Status
	require.Equal(t, channels.ReasonCarrier, s.Reason)
	require.NotEmpty(t, s.Detail)
}

// TestReactions names the codes on which a promise of ours depends.
func TestReactions(t *testing.T) {
	for code, want := range map[string]channels.Reason{
		"21610": channels.ReasonOptedOut, "63033": channels.ReasonOptedOut,
		"30006": channels.ReasonUnreachable, "21614": channels.ReasonUnreachable, "21635": channels.ReasonUnreachable,
		"20003": channels.ReasonCredentials, "30002": channels.ReasonCredentials,
		"63016": channels.ReasonWindowClosed, "63024": channels.ReasonNotOnChannel,
		"30007": channels.ReasonFiltered, "21617": channels.ReasonRejected, "30034": channels.ReasonMisconfigured,
		"45678": channels.ReasonRejected, "no number": channels.ReasonRejected,
	} {
		require.Equal(t, want, Explain(code).Reason, code)
		require.Equal(t, channels.Never, Explain(code).Retry, code)
		require.NotEmpty(t, Explain(code).Means, code)
	}
	for _, code := range []string{"20429", "21611", "30001", "30003", "30008", "30022", "63018"} {
		require.Equal(t, channels.Later, Explain(code).Retry, code)
	}
	require.Equal(t, channels.Look, Explain("20500").Retry)
	require.Equal(t, 1, Explain("30008").Times, "at most one late retry")
}

func TestCodesAreWellFormed(t *testing.T) {
	require.Len(t, byCode, len(Codes), "a code stands twice in the table")
	for i, c := range Codes {
		require.Regexp(t, `^\d{5}$`, c.Code)
		require.NotEmpty(t, c.Means, c.Code)
		require.NotEmpty(t, c.Reason, c.Code)
		require.True(t, i == 0 || Codes[i-1].Code < c.Code, "%s is out of order", c.Code)
		require.True(t, c.Retry == channels.Later || c.After == 0 && c.Times == 0, "%s: a hint for a retry that never comes", c.Code)
	}
}
