package twilio_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// What Twilio has against a document: the code, and whether the call breaks.
func TestGrammar(t *testing.T) {
	const fine, warned, broken = 0, 12200, -12200
	for verb, want := range map[string]int{
		``: fine, `<Say voice="Polly.Anna" language="de-DE" loop="1">Grüß Gott &amp; hallo</Say>`: fine,
		`<!-- closed --><Pause length="2"/><Hangup/>`: fine,
		`<Say></Say>`: warned,
		`<Say>` + strings.Repeat("x", 4097) + `</Say>`: warned,
		`<Say language="German">Hallo</Say>`:           warned,
		`<Say speed="2">Hello</Say>`:                   warned,
		`<Play></Play>`:                                warned,
		`<Play digits="1w2"/>`:                         fine,
		`<Pause length="zwei"/>`:                       warned,
		`<Gather numDigits="0"/>`:                      warned,
		`<Gather timeout="-1"/>`:                       warned,
		`<Gather finishOnKey="##"/>`:                   warned,
		`<Gather input="digits"/>`:                     warned,
		`<Gather actionOnEmptyResult="yes"><Say>Hello</Say></Gather><Hangup/>`: warned,
		`<Gather><Record/></Gather>`:                                               broken,
		`<Dial timeout="4">+15005557003</Dial>`:                                    warned,
		`<Dial timeout="601">+15005557003</Dial>`:                                  warned,
		`<Dial answerOnBridge="1">+15005557003</Dial>`:                             warned,
		`<Dial callerId="Ringback">+15005557003</Dial>`:                            warned,
		`<Dial><Number>0800 123</Number></Dial>`:                                   warned,
		`<Dial><Number statusCallbackEvent="done">+15005557003</Number></Dial>`:    warned,
		`<Dial><Client>ann</Client></Dial>`:                                        broken,
		`<Dial/>`:                                                                  warned,
		`<Dial>` + strings.Repeat("<Number>+15005557003</Number>", 11) + `</Dial>`: warned,
		`<Record maxLength="1"/>`:                                                  warned,
		`<Record recordingStatusCallbackEvent="completed,absent"/>`:                warned,
		`<Record trim="yes"/>`:                                                     warned,
		`<Record recordingStatusCallback="ftp://a.example/"/>`:                     warned,
		`<Record action="http://my_host.example/"/>`:                               warned,
		`<Reject reason="tired"/>`:                                                 warned,
		`Hello`:                                                                    warned,
		`<Hangup>now</Hangup>`:                                                     warned,
		`<Sing/>`:                                                                  broken,
		`<say>Hello</say>`:                                                         broken,
		`<Say>Hello <break/></Say>`:                                                broken,
		`<Gather action="%zz"><Say>Hello</Say></Gather>`:                           warned,
		`<Gather hints="one, two" input="dtmf speech"/>`:                           fine,
		`<Number>+15005557003</Number>`:                                            broken,
		`<Redirect></Redirect><Hangup/>`:                                           broken, // it asks itself for ever
		`<Redirect method="GET">/</Redirect>`:                                      broken,
	} {
		a := openApp(t, map[string][]string{"/voice": {`<?xml version="1.0" encoding="UTF-8"?><Response>` + verb + `</Response>`}})
		s, _ := start(t, twilio.Config{})
		c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours)
		if want == fine {
			require.NoError(t, err, verb)
			continue
		}
		require.Error(t, err, verb)
		fault := c.Faults()[0]
		require.Equal(t, 12200, fault.Code, verb)
		require.Equal(t, a.URL+"/voice", fault.URL)
		broke := false
		for _, fault := range c.Faults() {
			broke = broke || fault.Fatal
		}
		require.Equal(t, want == broken, broke, verb)
		require.Equal(t, "completed", strings.Replace(c.State().Status, "no-answer", "completed", 1))
		require.NotEmpty(t, c.State().Faults)
	}
}

// What breaks a call is told as Twilio's debugger does, and ends it.
func TestApplicationErrors(t *testing.T) {
	for _, c := range []struct {
		what, kind, body string
		status, want     int
	}{
		{"an error", "text/xml", "<Response/>", 503, 11200},
		{"not a document", "text/xml", "Hello", 200, 12100},
		{"an open element", "text/xml", "<Response><Say>Hello</Response>", 200, 12100},
		{"two roots", "text/xml", "<Response/><Response/>", 200, 12100},
		{"another root", "text/xml", "<response/>", 200, 12100},
		{"a document type", "text/xml", "<!DOCTYPE Response><Response/>", 200, 12100},
		{"a name space", "text/xml", `<Response xmlns="http://a.example/"/>`, 200, 12100},
		{"an attribute twice", "text/xml", `<Response><Pause length="1" length="2"/></Response>`, 200, 12100},
		{"nothing", "text/xml", "", 200, 12100},
		{"JSON", "application/json", "{}", 200, 12300},
		{"no kind", "", "<Response/>", 200, 12300},
		{"too much", "text/xml", "<Response><!--" + strings.Repeat("x", 64<<10) + "--></Response>", 200, 11750},
		{"itself for ever", "text/xml", "<Response><Redirect/></Response>", 200, 12200},
		{"in a circle", "text/xml", "<Response><Redirect>?again</Redirect></Response>", 200, 11215},
		{"in a slow circle", "text/xml", "<Response><Pause/><Redirect>?again</Redirect></Response>", 200, 11215},
		{"no recording", "text/xml", "<Response><Play>/none.wav</Play></Response>", 200, 12300},
		{"no host for a recording", "text/xml", "<Response><Play>http://127.0.0.1:1/</Play></Response>", 200, 11200},
		{"a bad address", "text/xml", "<Response><Redirect>%zz</Redirect></Response>", 200, 12200},
	} {
		t.Run(c.what, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = []string{c.kind}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer server.Close()
			s, _ := start(t, twilio.Config{})
			call, err := s.Call(t.Context(), server.URL, customer, ours)
			var fault twilio.CallFault
			require.True(t, errors.As(err, &fault))
			require.Equal(t, c.want, fault.Code, fault.What)
			require.Equal(t, "completed", call.State().Status)
			require.Less(t, len(call.Exchanges()), 202)
		})
	}
	s, _ := start(t, twilio.Config{})
	call, err := s.Call(t.Context(), "http://127.0.0.1:1/", customer, ours)
	require.Error(t, err)
	require.Equal(t, 11200, call.Faults()[0].Code)
	require.Len(t, call.Exchanges(), 1)
}

func TestWhisperThatCannotBePlayed(t *testing.T) {
	for _, whisper := range []string{`<Response><Record/></Response>`, `<Response><Dial>+15005557001</Dial></Response>`, `nothing`} {
		pages := ringing("", accepts)
		pages["/whisper"] = []string{whisper}
		a := openApp(t, pages)
		s, _ := start(t, twilio.Config{})
		call, err := s.Call(t.Context(), a.URL+"/voice", customer, ours)
		require.Error(t, err)
		require.Len(t, call.Faults(), 1)
		require.Equal(t, a.URL+"/whisper", call.Faults()[0].URL)
		require.Equal(t, "completed false", a.forms("/rung")[0].Get("DialCallStatus")+" "+a.forms("/rung")[0].Get("DialBridged"))
	}
}

func TestRecordingThatIsNotThere(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response><Gather><Play>/none.wav</Play></Gather><Say>Never heard.</Say></Response>`}})
	s, _ := start(t, twilio.Config{})
	call, err := s.Call(t.Context(), a.URL+"/voice", customer, ours)
	require.ErrorContains(t, err, "HTTP 404")
	require.Equal(t, "completed", call.State().Status)
	require.Zero(t, call.State().Seconds)
}

func TestFallback(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response><Say>Hello</Say><Redirect>/gone</Redirect></Response>`}, "/fallback": {`<Response><Hangup/></Response>`}})
	s, _ := start(t, twilio.Config{})
	call, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.WithCallFallback(a.URL+"/fallback"))
	require.Error(t, err, "the fault stays one")
	require.Equal(t, "/voice /gone /fallback", a.paths())
	form := a.forms("/fallback")[0]
	require.Equal(t, []string{"11200", a.URL + "/gone", "in-progress", call.SID()},
		[]string{form.Get("ErrorCode"), form.Get("ErrorUrl"), form.Get("CallStatus"), form.Get("CallSid")})
}
