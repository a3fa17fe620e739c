package twilio

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

const gw = "https://gw.example"

// wired is a number as we need it.
func wired(changes ...func(*Wiring)) Wiring {
	w := Wiring{
		SID: "PN1", Number: "+13125550100",
		SMSURL: gw + "/webhooks/twilio/messages#rc=5&rp=all", SMSMethod: "POST", SMSFallback: gw + "/webhooks/twilio/messages",
		VoiceURL: gw + "/webhooks/twilio/voice", VoiceMethod: "POST", VoiceFallback: gw + "/webhooks/twilio/voice",
		Status: gw + "/webhooks/twilio/calls#rc=5&rp=all", StatusMethod: "POST",
	}
	for _, change := range changes {
		change(&w)
	}
	return w
}

func TestCompare(t *testing.T) {
	service := func(inbound, method string, onNumber bool) func(*Wiring) {
		return func(w *Wiring) {
			w.SMSURL, w.Service = "https://old.example", &Service{SID: "MG1", Name: "Pool", Inbound: inbound, InboundMethod: method, OnNumber: onNumber}
		}
	}
	for what, c := range map[string]struct {
		wiring       Wiring
		texts, calls bool
		wrong, notes []string // the finding's What, with what would be set
	}{
		"as it should be":        {wired(), true, true, nil, nil},
		"fewer tries are enough": {wired(func(w *Wiring) { w.SMSURL = gw + "/webhooks/twilio/messages#rp=all&rc=2&rt=5000" }), true, false, nil, nil},
		"a method in small":      {wired(func(w *Wiring) { w.SMSMethod = "post" }), true, false, nil, nil},
		"as it was bought":       {Wiring{SMSURL: "https://demo.twilio.com/welcome/sms/reply", VoiceURL: "https://demo.twilio.com/welcome/voice/"}, true, true, []string{"A message comes in", "A call comes in", "Call status changes"}, []string{"A message's handler fails", "A call's handler fails"}},
		"only calls":             {wired(func(w *Wiring) { w.SMSURL = "" }), false, true, nil, nil},
		"only texts":             {wired(func(w *Wiring) { w.VoiceURL, w.Status = "", "" }), true, false, nil, nil},
		"by GET":                 {wired(func(w *Wiring) { w.VoiceMethod = "GET" }), false, true, []string{"A call comes in"}, nil},
		"another machine":        {wired(func(w *Wiring) { w.SMSURL = "https://old.example/webhooks/twilio/messages#rc=5&rp=all" }), true, false, []string{"A message comes in"}, nil},
		"never tried again":      {wired(func(w *Wiring) { w.SMSURL = gw + "/webhooks/twilio/messages" }), true, false, []string{"A message comes in"}, nil},
		"tried only to connect":  {wired(func(w *Wiring) { w.Status = gw + "/webhooks/twilio/calls#rc=3&rp=ct" }), false, true, []string{"Call status changes"}, nil},
		"overrides in ruins":     {wired(func(w *Wiring) { w.SMSURL = gw + "/webhooks/twilio/messages#rc=%zz&rp=all" }), true, false, []string{"A message comes in"}, nil},
		"an app":                 {wired(func(w *Wiring) { w.SMSApplication, w.VoiceApplication = "AP1", "AP2" }), true, true, []string{"A message comes in", "A call comes in"}, nil},
		"a trunk":                {wired(func(w *Wiring) { w.Trunk = "TK1" }), false, true, []string{"A call comes in"}, nil},
		"a fallback of theirs":   {wired(func(w *Wiring) { w.SMSFallback = "https://sorry.example" }), true, false, nil, []string{"A message's handler fails"}},
		"an own phone system": {wired(func(w *Wiring) {
			w.VoiceURL, w.Status = "https://pbx.example", gw+"/webhooks/twilio/calls?step=ringing"
		}), false, true, nil, nil},
		"a phone system elsewhere": {wired(func(w *Wiring) { w.Status = "https://old.example/webhooks/twilio/calls?step=ringing" }), false, true, []string{"Call status changes"}, nil},
		"a service of ours":        {wired(service(gw+"/webhooks/twilio/messages#rc=5&rp=all", "POST", false)), true, false, nil, nil},
		"a service by itself":      {wired(service("", "POST", false)), true, false, []string{"A message comes in (Messaging Service “Pool”)"}, nil},
		"a service that defers":    {wired(service("", "POST", true)), true, false, []string{"A message comes in"}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			var wrong, notes []string
			for _, f := range c.wiring.Compare(gw, c.texts, c.calls) {
				switch {
				case f.Right():
					require.False(t, f.Fixable(), "%+v", f)
				case f.Note:
					notes = append(notes, f.What)
				default:
					wrong = append(wrong, f.What)
				}
			}
			require.ElementsMatch(t, c.wrong, wrong)
			require.ElementsMatch(t, c.notes, notes)
		})
	}
}

// TestListsStayAtHome: the page that an answer names next is asked for at the
// configured host, whatever host the answer says.
func TestListsStayAtHome(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the token went elsewhere") }))
	t.Cleanup(stranger.Close)
	var asked []string
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		body := `{"incoming_phone_numbers": [{"sid": "PN1", "phone_number": "+13125550100", "sms_url": null}], "next_page_uri": null}`
		switch len(asked) {
		case 1:
			body = `{"incoming_phone_numbers": [], "next_page_uri": "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?Page=1"}`
		case 3:
			body = `{"services": [], "meta": {"next_page_url": "` + stranger.URL + `/v1/Services?Page=1"}}`
		case 4:
			body = `{"services": [], "meta": {"next_page_url": null}}`
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(home.Close)
	base, err := url.Parse(home.URL)
	require.NoError(t, err)
	found, err := New(Config{BaseURL: base}).Wirings(t.Context(), channels.Account{ID: "AC1", Secrets: []string{"a token"}})
	require.NoError(t, err)
	require.Equal(t, map[string]Wiring{"+13125550100": {SID: "PN1", Number: "+13125550100"}}, found)
	require.Equal(t, []string{
		"/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?PageSize=1000", "/2010-04-01/Accounts/AC1/IncomingPhoneNumbers.json?Page=1",
		"/v1/Services?PageSize=100", "/v1/Services?Page=1",
	}, asked)
}

// TestMessagingHasAHostOfItsOwn, unless another takes Twilio's place.
func TestMessagingHasAHostOfItsOwn(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.twilio.com": "https://messaging.twilio.com/v1/Services", "http://127.0.0.1:1/x": "http://127.0.0.1:1/x/v1/Services",
	} {
		at, err := url.Parse(base)
		require.NoError(t, err)
		got, err := (&call{ctx: context.Background(), channel: New(Config{BaseURL: at})}).target(messagingHost + "/v1/Services")
		require.NoError(t, err)
		require.Equal(t, want, got.String())
	}
}
