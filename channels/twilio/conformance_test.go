package twilio

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/channeltest"
)

const (
	testToken = "7f3c1d9a5e2b4860"
	testSid   = "AC11111111111111111111111111111111"
	publicURL = "https://gw.example"
)

var testAccount = channels.Account{ID: testSid, Secrets: []string{testToken, "an0therT0ken"}}

// post is a form that Twilio posts to one of our doors.
func post(path string, form url.Values) channels.Request {
	return postBody(path, []byte(form.Encode()))
}

func postBody(path string, body []byte) channels.Request {
	return channels.Request{
		Method: http.MethodPost, URL: publicURL + path, Body: body,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=UTF-8"}},
	}
}

// sms is a plain text message, with the given parameters changed or added.
func sms(changes ...string) url.Values {
	return with(url.Values{
		"AccountSid": {testSid}, "MessageSid": {"SM22222222222222222222222222222222"},
		"From": {"+15550002222"}, "To": {"+15550001111"}, "Body": {"anybody there?"}, "NumMedia": {"0"},
	}, changes...)
}

func with(form url.Values, changes ...string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

// everyDoor shows the doors for calls beside the others, so that they have to
// pass what every door has to.
type everyDoor struct{ *Channel }

func (d everyDoor) Hooks() []channels.Hook {
	hooks := d.Channel.Hooks()
	for _, door := range d.Calls() {
		hooks = append(hooks, door.Hook)
	}
	return hooks
}

// signIt signs as Twilio would, by the one function that is proven against
// Twilio's own library.
func signIt(r *channels.Request, token string) {
	form, err := parseForm(r.Body)
	if err != nil {
		form = nil
	}
	r.Header.Set(signatureHeader, Sign(token, r.URL, form))
}

const created = `{"sid": "SM33333333333333333333333333333333", "status": "queued", "num_segments": "2",
	"error_code": null, "error_message": null, "direction": "outbound-api", "price": null}`

func conformance(kind channels.Kind) channeltest.Config {
	return channeltest.Config{
		New:     func(base *url.URL) channels.Channel { return everyDoor{New(Config{BaseURL: base})} },
		Account: testAccount,
		Outgoing: channels.Outgoing{
			Delivery: "018f-77 &x", Kind: kind, From: "+15550001111", To: "+15550002222",
			Text: "We are closed, è vero?", Media: []channels.Attachment{{URL: "https://gw.example/1.png"}, {URL: "https://gw.example/2.png"}}, PublicURL: publicURL + "/",
		},
		Requests: map[string][]channels.Request{
			MessagesPath: {
				post(MessagesPath, sms()),
				post(MessagesPath, sms("MessageSid", "SM4", "From", "whatsapp:+15550002222", "To", "whatsapp:+15550001111")),
				post(MessagesPath+"?team=1", sms("MessageSid", "SM5", "From", "messenger:1234", "To", "messenger:5678")),
				postBody(MessagesPath, []byte("MessageSid=SM6&AccountSid="+testSid+"&From=%2B1555&To=%2B1556&Body=second&Body=first;third")),
			},
			StatusPath: {
				post(StatusPath+"?delivery=018f", sms("MessageStatus", "queued")),
				post(StatusPath+"?delivery=018f", sms("MessageStatus", "sent")),
				post(StatusPath, sms("MessageStatus", "undelivered", "ErrorCode", "30006")),
				post(StatusPath, sms("MessageStatus", "a word of the future")),
			},
			VoicePath: {
				post(VoicePath, phoned("CallStatus", "ringing")),
				post(VoicePath+"?at=menu", phoned("CallStatus", "ringing", "CallSid", otherSid, "From", "anonymous")),
			},
			NextPath: {
				post(NextPath+"?at=menu", phoned("Digits", "1")),
				post(NextPath+"?at=menu&round=1", phoned("Digits", "")),
				post(NextPath+"?at=menu&team=7", phoned("Digits", "")),
				post(NextPath+"?at=rung&advisor=9", phoned("DialCallStatus", "busy", "DialBridged", "false")),
				post(NextPath+"?at=whisper&advisor=9", phoned("CallSid", legSid, "ParentCallSid", callSid)),
				post(NextPath+"?at=whisper&advisor=9", phoned("CallSid", otherSid, "ParentCallSid", callSid)),
				post(NextPath+"?at=accept&advisor=9", phoned("CallSid", legSid, "ParentCallSid", callSid, "Digits", "1")),
				post(NextPath+"?at=recorded", phoned("Digits", "hangup", "RecordingUrl", recordingURL, "RecordingDuration", "5")),
			},
			RecordingPath: {
				post(RecordingPath, recorded("completed")),
				post(RecordingPath, recorded("absent")),
				post(RecordingPath, recorded("a word of the future")),
			},
			CallsPath: {
				post(CallsPath, phoned("CallStatus", "completed", "CallDuration", "23")),
				post(CallsPath, phoned("CallStatus", "in-progress", "SequenceNumber", "1")),
				post(CallsPath, phoned("CallStatus", "in-progress", "SequenceNumber", "2")),
				post(CallsPath+"?at=leg&advisor=9", phoned("CallSid", legSid, "ParentCallSid", callSid, "CallStatus", "no-answer")),
				post(CallsPath+"?step=menu", phoned("CallSid", otherSid, "CallStatus", "completed")),
			},
		},
		Sign: signIt, CoversURL: true,
		Wrote: func(text []byte) (string, channels.Request) {
			s := string(text)
			return MessagesPath, post(MessagesPath, sms("From", "whatsapp:+15550002222", "Body", s, "ProfileName", s,
				"MediaUrl0", s, "MediaContentType0", s, "ButtonPayload", s, "ListId", s, "Label", s, "OptOutType", s, "ReferralBody", s))
		},
		Journey: []string{"queued", "sending", "sent", "delivered", "read"},
		Callback: func(sent channeltest.Sent, word string) (string, channels.Request) {
			form, _ := parseForm(sent.Body)
			r := post(StatusPath, with(url.Values{
				"AccountSid": {testSid}, "MessageSid": {"SM33333333333333333333333333333333"},
				"ChannelToAddress": {"+1555000XXXX"},
			}, "From", form.Get("From"), "To", form.Get("To"), "MessageStatus", word))
			r.URL = form.Get("StatusCallback")
			path, _, _ := strings.Cut(strings.TrimPrefix(r.URL, publicURL), "?")
			return path, r
		},
		Accepted:   channeltest.Answer{Status: http.StatusCreated, Header: http.Header{"Content-Type": {"application/json"}}, Body: created},
		ProviderID: "SM33333333333333333333333333333333",
		Refusals:   refusals(),
	}
}

// refusals is every code that we know, as the API's answer to a send, and what
// comes without one.
func refusals() []channeltest.Refusal {
	all := []channeltest.Refusal{
		{Name: "a new code", Answer: refusalJSON(400, "88888"), Reason: channels.ReasonRejected, Code: "88888"},
		{Name: "a new carrier code", Answer: refusalJSON(400, "30999"), Reason: channels.ReasonCarrier, Code: "30999"},
		{Name: "a new channel code", Answer: refusalJSON(400, "63999"), Reason: channels.ReasonRejected, Code: "63999"},
		{Name: "a new code of ours to blame", Answer: refusalJSON(401, "29999"), Reason: channels.ReasonCredentials, Code: "29999"},
		{Name: "a new code of a fault", Answer: refusalJSON(500, "29999"), Reason: channels.ReasonAmbiguous, Code: "29999", Retry: channels.Look},
		{Name: "a new code of haste", Answer: refusalJSON(429, "29999"), Reason: channels.ReasonThrottled, Code: "29999", Retry: channels.Later},
		{Name: "302", Answer: channeltest.Answer{Status: 302, Body: created}, Reason: channels.ReasonUnavailable, Code: "302", Retry: channels.Later},
		{Name: "403 with a new code", Answer: refusalJSON(403, "29999"), Reason: channels.ReasonCredentials, Code: "29999"},
		{Name: "407", Answer: channeltest.Answer{Status: 407}, Reason: channels.ReasonCredentials, Code: "407"},
		{Name: "401", Answer: channeltest.Answer{Status: 401}, Reason: channels.ReasonCredentials, Code: "401"},
		{Name: "403", Answer: channeltest.Answer{Status: 403, Body: "<html>"}, Reason: channels.ReasonCredentials, Code: "403"},
		{Name: "404", Answer: channeltest.Answer{Status: 404, Body: "<html>"}, Reason: channels.ReasonMisconfigured, Code: "404"},
		{Name: "408", Answer: channeltest.Answer{Status: 408}, Reason: channels.ReasonAmbiguous, Code: "408", Retry: channels.Look},
		{Name: "413", Answer: channeltest.Answer{Status: 413}, Reason: channels.ReasonRejected, Code: "413"},
		{Name: "503", Answer: channeltest.Answer{Status: 503}, Reason: channels.ReasonAmbiguous, Code: "503", Retry: channels.Look},
		{
			Name:   "created and given up at once",
			Answer: channeltest.Answer{Status: 201, Body: strings.NewReplacer(`"queued"`, `"failed"`, `"error_code": null`, `"error_code": 21610`).Replace(created)},
			Reason: channels.ReasonOptedOut, Code: "21610",
		},
	}
	for _, c := range Codes {
		all = append(all, channeltest.Refusal{
			Name: c.Code, Answer: refusalJSON(400, c.Code), Reason: c.Reason, Code: c.Code, Retry: c.Retry, After: c.After,
		})
	}
	return all
}

func refusalJSON(status int, code string) channeltest.Answer {
	return channeltest.Answer{Status: status, Body: fmt.Sprintf(`{"code": %s, "message": "no", "more_info": "https://example.com", "status": %d}`, code, status)}
}

func TestConformance(t *testing.T) {
	for _, kind := range New(Config{}).Kinds() {
		t.Run(string(kind), func(t *testing.T) { channeltest.Run(t, conformance(kind)) })
	}
}

func TestTwilioFindsLostMessages(t *testing.T) {
	require.Implements(t, (*channels.Finder)(nil), New(Config{}))
}
