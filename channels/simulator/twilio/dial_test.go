package twilio_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

// legs are the states that the first advisor's phones were told to have, one
// string for each phone, in the order in which they were first told of.
func legs(a *app) []string {
	var order []string
	states := map[string][]string{}
	for _, form := range a.forms("/leg?advisor=1") {
		sid := form.Get("CallSid")
		if states[sid] == nil {
			order = append(order, sid)
		}
		states[sid] = append(states[sid], form.Get("SequenceNumber")+" "+form.Get("CallStatus"))
	}
	for i, sid := range order {
		order[i] = strings.Join(states[sid], ", ")
	}
	return order
}

func TestHowAdvisorsAnswer(t *testing.T) {
	for advisor, want := range map[string]struct {
		status, bridged, seconds, sip string
		leg                           string
	}{
		accepts:        {"completed", "true", "33", "", "0 initiated, 1 ringing, 2 in-progress, 3 completed"},
		acceptsAt:      {"completed", "true", "33", "", "0 initiated, 1 ringing, 2 in-progress, 3 completed"},
		"+14155550188": {"completed", "true", "33", "", "0 initiated, 1 ringing, 2 in-progress, 3 completed"},
		silent:         {"completed", "false", "6", "", "0 initiated, 1 ringing, 2 in-progress, 3 completed"},
		declines:       {"completed", "false", "3", "", "0 initiated, 1 ringing, 2 in-progress, 3 completed"},
		hangsUp:        {"completed", "false", "0", "", "0 initiated, 1 ringing, 2 in-progress, 3 completed"},
		busy:           {"busy", "false", "", "486", "0 initiated, 1 ringing, 2 busy"},
		rejects:        {"busy", "false", "", "486", "0 initiated, 1 ringing, 2 busy"},
		noAnswer:       {"no-answer", "false", "", "", "0 initiated, 1 ringing, 2 no-answer"},
		failed:         {"failed", "false", "", "404", "0 initiated, 1 failed"},
	} {
		t.Run(advisor, func(t *testing.T) {
			pages := flow(advisor)
			if advisor == declines {
				pages["/accept"] = []string{`<Response><Hangup/></Response>`}
			}
			a := openApp(t, pages)
			call := dial(t, a, twilio.Config{})
			rung := a.forms("/rung")[0]
			require.Equal(t, want.status, rung.Get("DialCallStatus"))
			require.Equal(t, want.bridged, rung.Get("DialBridged"))
			require.Equal(t, want.seconds, rung.Get("DialCallDuration"))
			require.Equal(t, want.sip, rung.Get("DialSipResponseCode"))
			require.Equal(t, "in-progress", rung.Get("CallStatus"))
			require.Equal(t, []string{want.leg}, legs(a))
			for _, form := range a.forms("/leg?advisor=1") {
				require.Equal(t, rung.Get("DialCallSid"), form.Get("CallSid"))
				require.Equal(t, call.SID(), form.Get("ParentCallSid"))
				require.Equal(t, "outbound-dial", form.Get("Direction"))
				require.Equal(t, []string{ours, advisor}, []string{form.Get("From"), form.Get("To")})
			}
		})
	}
}

func TestWhisper(t *testing.T) {
	a := openApp(t, flow(accepts))
	call := dial(t, a, twilio.Config{})
	leg := a.forms("/rung")[0].Get("DialCallSid")
	require.NotEqual(t, call.SID(), leg)
	want := url.Values{
		"AccountSid": {account}, "ApiVersion": {"2010-04-01"}, "CallSid": {leg}, "ParentCallSid": {call.SID()},
		"CallStatus": {"in-progress"}, "Direction": {"outbound-dial"},
		"From": {ours}, "Caller": {ours}, "To": {accepts}, "Called": {accepts},
		"FromCity": {""}, "FromState": {""}, "FromZip": {""}, "FromCountry": {"US"},
		"CallerCity": {""}, "CallerState": {""}, "CallerZip": {""}, "CallerCountry": {"US"},
		"ToCity": {""}, "ToState": {""}, "ToZip": {""}, "ToCountry": {"US"},
		"CalledCity": {""}, "CalledState": {""}, "CalledZip": {""}, "CalledCountry": {"US"},
	}
	require.Empty(t, cmp.Diff(want, a.forms("/whisper")[0]))
	for name, value := range map[string]string{"Digits": "1", "FinishedOnKey": "", "msg": "Gather End"} {
		want.Set(name, value)
	}
	require.Empty(t, cmp.Diff(want, a.forms("/accept")[0]))
}

func ringing(attributes string, numbers ...string) map[string][]string {
	pages := flow(numbers...)
	pages["/voice"] = []string{strings.Replace(pages["/ring"][0], `timeout="20"`, `timeout="20" `+attributes, 1)}
	pages["/rung"] = []string{`<Response><Hangup/></Response>`}
	return pages
}

func TestSeveralAdvisors(t *testing.T) {
	completed, canceled := "0 initiated, 1 ringing, 2 in-progress, 3 completed", "0 initiated, 1 ringing, 2 canceled"
	for _, c := range []struct {
		what, attributes string
		numbers          []string
		options          []twilio.CallOption
		rung             string // DialCallStatus and DialBridged
		to               string // who the action is about
		legs             []string
	}{
		{
			"the first who accepts", ``,
			[]string{noAnswer, rejects, accepts},
			nil, "completed true", accepts,
			[]string{canceled, canceled, completed},
		},
		{
			"while another hears the whisper", ``,
			[]string{acceptsAt, "+14155550114"},
			nil, "completed true", "+14155550114",
			[]string{completed, completed},
		},
		{
			"nobody", ``,
			[]string{busy, noAnswer, failed},
			nil, "no-answer false", noAnswer,
			[]string{"0 initiated, 1 ringing, 2 busy", "0 initiated, 1 ringing, 2 no-answer", "0 initiated, 1 failed"},
		},
		{
			"a voicemail picks up first and takes the call", ``,
			[]string{acceptsAt, silent},
			[]twilio.CallOption{twilio.PickUpWins()},
			"completed false", silent,
			[]string{canceled, completed},
		},
		{
			"in order", `sequential="true"`,
			[]string{busy, noAnswer, accepts, silent},
			nil, "completed true", accepts,
			[]string{"0 initiated, 1 ringing, 2 busy", "0 initiated, 1 ringing, 2 no-answer", completed},
		},
		{
			"the caller has had enough", ``,
			[]string{noAnswer, accepts},
			[]twilio.CallOption{twilio.HangUp(channels.StepRinging, 5*time.Second)},
			"completed false", accepts,
			[]string{"0 initiated, 1 ringing, 2 no-answer", completed},
		},
		{
			"in order, and the caller has had enough", `sequential="true"`,
			[]string{noAnswer, accepts},
			hangUp(channels.StepRinging),
			"no-answer false", noAnswer,
			[]string{"0 initiated, 1 ringing, 2 no-answer"},
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			a := openApp(t, ringing(c.attributes, c.numbers...))
			s, _ := start(t, twilio.Config{})
			s.Advisor("+14155550114", twilio.Advisor{After: 14 * time.Second, Keys: "1", Talks: time.Minute})
			_, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, c.options...)
			require.NoError(t, err)
			_, err = s.Deliver(t.Context())
			require.NoError(t, err)
			rung := a.forms("/rung")[0]
			require.Equal(t, c.rung, rung.Get("DialCallStatus")+" "+rung.Get("DialBridged"))
			require.Equal(t, c.legs, legs(a))
			for _, form := range a.forms("/leg?advisor=1") {
				if form.Get("CallSid") == rung.Get("DialCallSid") {
					require.Equal(t, c.to, form.Get("To"))
				}
			}
		})
	}
}

// Without an action the document goes on; with one it never does.
func TestAfterADial(t *testing.T) {
	for action, want := range map[string]string{
		"": "/voice /prompt.wav", `action="/rung"`: "/voice /rung",
	} {
		a := openApp(t, map[string][]string{
			"/voice": {`<Response><Dial ` + action + `>` + busy + `</Dial><Play>/prompt.wav</Play></Response>`},
			"/rung":  {`<Response/>`},
		})
		s, _ := start(t, twilio.Config{})
		_, err := s.Call(t.Context(), a.URL+"/voice", customer, ours)
		require.NoError(t, err)
		require.Equal(t, want, a.paths())
	}
}

func TestLimits(t *testing.T) {
	a := openApp(t, ringing(`timeLimit="10"`, accepts))
	dial(t, a, twilio.Config{})
	require.Equal(t, "13", a.forms("/rung")[0].Get("DialCallDuration"))

	s, _ := start(t, twilio.Config{})
	s.Advisor("", twilio.Advisor{After: 25 * time.Second, Keys: "1"})
	a = openApp(t, ringing("", "+14155550100"))
	_, err := s.Call(t.Context(), a.URL+"/voice", customer, ours)
	require.NoError(t, err)
	require.Equal(t, "no-answer", a.forms("/rung")[0].Get("DialCallStatus"), "the ringing lasts 20 s")
}
