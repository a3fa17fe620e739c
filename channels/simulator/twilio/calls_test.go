package twilio_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

const (
	accepts   = "+15005557001"
	silent    = "+15005557002"
	busy      = "+15005557003"
	noAnswer  = "+15005557004"
	failed    = "+15005557005"
	rejects   = "+15005557006"
	declines  = "+15005557007"
	hangsUp   = "+15005557008"
	acceptsAt = "+15005557009" // 15 s
)

func TestIncomingCall(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response><Reject reason="busy"/></Response>`}, "/final": {""}})
	c := dial(t, a, twilio.Config{}, twilio.WithCallParams(url.Values{
		"StirVerstat": {"TN-Validation-Passed-A"}, "CallerName": {"ANN ONEIL"}, "ForwardedFrom": {"+12025550111"}, "ToZip": nil,
	}))
	require.Regexp(t, `^CA[0-9a-f]{32}$`, c.SID())
	want := url.Values{
		"AccountSid": {account}, "ApiVersion": {"2010-04-01"}, "CallSid": {c.SID()}, "CallStatus": {"ringing"}, "Direction": {"inbound"},
		"From": {customer}, "Caller": {customer}, "To": {ours}, "Called": {ours},
		"FromCity": {""}, "FromState": {""}, "FromZip": {""}, "FromCountry": {"US"},
		"CallerCity": {""}, "CallerState": {""}, "CallerZip": {""}, "CallerCountry": {"US"},
		"ToCity": {""}, "ToState": {""}, "ToCountry": {"US"},
		"CalledCity": {""}, "CalledState": {""}, "CalledZip": {""}, "CalledCountry": {"US"},
		"StirVerstat": {"TN-Validation-Passed-A"}, "CallerName": {"ANN ONEIL"}, "ForwardedFrom": {"+12025550111"},
	}
	require.Empty(t, cmp.Diff(want, a.forms("/voice")[0]))
	want.Set("CallStatus", "busy")
	for name, value := range map[string]string{
		"CallDuration": "0", "Duration": "0", "SequenceNumber": "0", "CallbackSource": "call-progress-events",
		"Timestamp": "Mon, 01 Jun 2026 12:00:00 +0000",
	} {
		want.Set(name, value)
	}
	require.Empty(t, cmp.Diff(want, a.forms("/final")[0]))
}

// Where a caller hangs up, what is asked until then, and what is told later.
func TestHangUp(t *testing.T) {
	for _, c := range []struct {
		what    string
		option  []twilio.CallOption
		advisor string
		want    string // what is asked and told, in order
		status  string
		seconds string
	}{
		{"before the answer", hangUp(twilio.BeforeAnswer), accepts, "/voice /final", "canceled", ""},
		{"greeting", hangUp(channels.StepGreeting), accepts, "/voice /final", "completed", "1"},
		{"menu", hangUp(channels.StepMenu), accepts, "/voice /menu /final", "completed", "3"},
		{"late in the menu", []twilio.CallOption{twilio.HangUp(channels.StepMenu, 5*time.Second)}, accepts, "/voice /menu /final", "completed", "7"},
		{
			"option chosen", append(hangUp(channels.StepOptionChosen), twilio.Press("1")), accepts,
			"/voice /menu /option /final", "completed", "5",
		},
		{
			"ringing", hangUp(channels.StepRinging), noAnswer,
			"/voice /menu /option /ring /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /rung /final", "completed", "10",
		},
		{
			"answered",
			[]twilio.CallOption{twilio.HangUp(channels.StepAnswered, 9*time.Second)},
			accepts,
			"/voice /menu /option /ring /whisper /accept /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /rung /final", "completed", "25",
		},
		{
			"voicemail prompt", hangUp(channels.StepVoicemailPrompt), busy,
			"/voice /menu /option /ring /rung /voicemail /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /final", "completed", "13",
		},
		{
			"recording", hangUp(channels.StepRecording), busy,
			"/voice /menu /option /ring /rung /voicemail /record /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /recorded /final /recording", "completed", "14",
		},
		{
			"nowhere", nil, noAnswer,
			"/voice /menu /option /ring /rung /voicemail /record /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /final /recording", "completed", "36",
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			a := openApp(t, flow(c.advisor))
			call := dial(t, a, twilio.Config{}, c.option...)
			require.Equal(t, c.want, a.paths())
			final := a.forms("/final")[0]
			require.Equal(t, c.status, final.Get("CallStatus"))
			require.Equal(t, c.seconds, final.Get("CallDuration"))
			require.Equal(t, c.status, call.State().Status)
			require.True(t, call.State().Over)
		})
	}
}

func hangUp(at channels.Step) []twilio.CallOption {
	return []twilio.CallOption{twilio.HangUp(at)}
}

func TestWhatNeverCameToPass(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {`<Response><Say>Closed.</Say></Response>`}})
	s, _ := start(t, twilio.Config{})
	for _, option := range []twilio.CallOption{
		twilio.HangUp(channels.StepMenu), twilio.Press("1"), twilio.LeaveVoicemail(time.Second, twilio.ByKey),
		twilio.HangUp(channels.StepGreeting, time.Minute),
	} {
		c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, option)
		require.Error(t, err)
		require.Empty(t, c.Faults())
		require.Equal(t, "completed", c.State().Status)
	}
	_, err := s.Call(canceled(t), a.URL+"/voice", customer, ours)
	require.Error(t, err)
}

// With nothing to answer the call before, nobody was ever connected.
func TestNeverAnswered(t *testing.T) {
	pages := flow(noAnswer)
	pages["/voice"] = pages["/ring"]
	pages["/rung"] = []string{`<Response><Hangup/></Response>`}
	a := openApp(t, pages)
	dial(t, a, twilio.Config{})
	require.Equal(t, "ringing", a.forms("/rung")[0].Get("CallStatus"))
	require.Equal(t, "no-answer", a.forms("/final")[0].Get("CallStatus"))
	require.Equal(t, "0", a.forms("/final")[0].Get("CallDuration"))

	a = openApp(t, pages)
	dial(t, a, twilio.Config{}, twilio.HangUp(channels.StepRinging, 4*time.Second))
	require.Equal(t, "/voice /leg?advisor=1 /leg?advisor=1 /leg?advisor=1 /rung /final", a.paths())
	require.Equal(t, "no-answer", a.forms("/rung")[0].Get("CallStatus"))
	require.Equal(t, "no-answer", a.forms("/rung")[0].Get("DialCallStatus"))
	require.Equal(t, "Mon, 01 Jun 2026 12:00:04 +0000", a.forms("/final")[0].Get("Timestamp"))
	require.Equal(t, "no-answer", a.forms("/final")[0].Get("CallStatus"))
}

func TestMenu(t *testing.T) {
	for _, c := range []struct {
		gather, keys, want string // the action's Digits and FinishedOnKey; empty: not asked
	}{
		{`numDigits="1"`, "12", "1/"},
		{`numDigits="3"`, "12", "12/"},
		{`numDigits="3"`, "12#", "12/#"},
		{``, "300#", "300/#"},
		{`finishOnKey="*"`, "3#0*", "3#0/*"},
		{`finishOnKey=""`, "#1", "#1/"},
		{``, "", ""},
		{``, "#", ""},
		{`actionOnEmptyResult="true"`, "", "/"},
		{`actionOnEmptyResult="true"`, "#", "/#"},
	} {
		a := openApp(t, map[string][]string{
			"/voice":  {`<Response><Gather action="/option" ` + c.gather + `><Play>/prompt.wav</Play><Pause/></Gather><Say>Nothing.</Say></Response>`},
			"/option": {`<Response/>`}, "/final": {""},
		})
		dial(t, a, twilio.Config{}, twilio.Press(c.keys))
		if c.want == "" {
			require.Equal(t, "/voice /prompt.wav /final", a.paths(), c)
			continue
		}
		form := a.forms("/option")[0]
		require.Equal(t, c.want, form.Get("Digits")+"/"+form.Get("FinishedOnKey"), c)
		require.Equal(t, "Gather End", form.Get("msg"))
		require.Equal(t, "in-progress", form.Get("CallStatus"))
	}
}

func TestCallToAnotherAccount(t *testing.T) {
	var form url.Values
	var signature string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form, signature = r.PostForm, r.Header.Get("X-Twilio-Signature")
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, "<Response/>")
	}))
	defer server.Close()
	s, _ := start(t, twilio.Config{})
	s.Account("ACother", "other")
	_, err := s.Call(t.Context(), server.URL+"/", "anonymous", ours, twilio.ToCallAccount("ACother"))
	require.NoError(t, err)
	require.Equal(t, twilio.Sign("other", server.URL+"/", form), signature)
	require.Equal(t, []string{"ACother", "anonymous", "anonymous", ""},
		[]string{form.Get("AccountSid"), form.Get("From"), form.Get("Caller"), form.Get("FromCountry")})
}

func TestMenuWithoutActionAsksItself(t *testing.T) {
	a := openApp(t, map[string][]string{"/voice": {
		`<Response><Gather numDigits="1"><Say>Press 1.</Say></Gather></Response>`, `<Response><Hangup/></Response>`,
	}, "/final": {""}})
	s, _ := start(t, twilio.Config{})
	_, err := s.Call(t.Context(), a.URL+"/voice?team=7#rc=2", customer, ours, twilio.Press("1"))
	require.NoError(t, err)
	require.Equal(t, "/voice?team=7 /voice?team=7", a.paths())
	require.Equal(t, "1", a.forms("/voice?team=7")[1].Get("Digits"))
}

func TestVoicemail(t *testing.T) {
	for _, c := range []struct {
		what, record string
		leave        twilio.CallOption
		action       string // Digits and CallStatus of the action; empty: not asked
		recording    string // status and duration
	}{
		{"hung up", ``, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp), "hangup completed", "completed 8"},
		{"a key", ``, twilio.LeaveVoicemail(8*time.Second, twilio.ByKey), "# in-progress", "completed 8"},
		{"a key without a meaning, then silence", ` finishOnKey="#"`, twilio.LeaveVoicemail(8*time.Second, "5"), " in-progress", "completed 8"},
		{"another key", ``, twilio.LeaveVoicemail(8*time.Second, "5"), "5 in-progress", "completed 8"},
		{"silence", ``, twilio.LeaveVoicemail(8*time.Second, twilio.BySilence), " in-progress", "completed 8"},
		{"silence kept", ` trim="do-not-trim"`, twilio.LeaveVoicemail(8*time.Second, twilio.BySilence), " in-progress", "completed 13"},
		{"too long", ` maxLength="6"`, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp), " in-progress", "completed 6"},
		{"nothing said", ``, twilio.HangUp(channels.StepVoicemailPrompt, time.Hour), "", "absent 0"},
		{"hung up at once", ``, twilio.HangUp(channels.StepRecording, 0), "", "absent 0"},
		{"hung up after two seconds", ``, twilio.HangUp(channels.StepRecording, 2*time.Second), "hangup completed", "completed 2"},
	} {
		t.Run(c.what, func(t *testing.T) {
			a := openApp(t, map[string][]string{
				"/voice":    {`<Response><Record action="/recorded" recordingStatusCallback="/recording?at=1" recordingStatusCallbackEvent="completed absent"` + c.record + `/></Response>`},
				"/recorded": {`<Response/>`}, "/recording": {""}, "/final": {""},
			})
			s, base := start(t, twilio.Config{})
			call, _ := s.Call(t.Context(), a.URL+"/voice", customer, ours, c.leave)
			require.Empty(t, call.Faults())
			_, err := s.Deliver(t.Context())
			require.NoError(t, err)
			told := a.forms("/recording?at=1")[0]
			require.Equal(t, c.recording, told.Get("RecordingStatus")+" "+told.Get("RecordingDuration"))
			require.NotContains(t, told, "From")
			require.Equal(t, call.SID(), told.Get("CallSid"))
			if c.action == "" {
				require.Empty(t, a.forms("/recorded"))
				require.Empty(t, told.Get("RecordingUrl"))
				require.Empty(t, call.State().Recordings)
				return
			}
			action := a.forms("/recorded")[0]
			require.Equal(t, c.action, action.Get("Digits")+" "+action.Get("CallStatus"))
			require.Equal(t, told.Get("RecordingDuration"), action.Get("RecordingDuration"))
			require.Equal(t, base+"/2010-04-01/Accounts/"+account+"/Recordings/"+told.Get("RecordingSid"), told.Get("RecordingUrl"))
			require.Equal(t, told.Get("RecordingUrl"), action.Get("RecordingUrl"))
		})
	}
}
