package twilio_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

// until waits until the one call is as it should be.
func until(t *testing.T, s *twilio.Simulator, holds func(twilio.CallState) bool) twilio.CallState {
	t.Helper()
	var call twilio.CallState
	require.NoError(t, s.Wait(soon(t), func(state twilio.State) bool {
		if len(state.Calls) == 1 {
			call = state.Calls[0]
		}
		return len(state.Calls) == 1 && holds(call)
	}))
	return call
}

func at(step channels.Step, doing string) func(twilio.CallState) bool {
	return func(call twilio.CallState) bool { return call.Step == step && call.Doing == doing }
}

func isOver(call twilio.CallState) bool { return call.Over }

// A person presses a key, hears it ring, and leaves a voicemail.
func TestPhoneInADemo(t *testing.T) {
	pages := flow(rejects)
	pages["/menu"] = []string{`<Response><Gather numDigits="1" timeout="14400" action="/option"><Say>Press 1 for sales.</Say></Gather></Response>`}
	pages["/record"] = []string{`<Response><Record timeout="14400" action="/recorded" recordingStatusCallback="/recording"/></Response>`}
	a := openApp(t, pages)
	s, _ := start(t, twilio.Config{Auto: true, CallSecond: time.Millisecond})
	changes, cancel := s.Subscribe()
	defer cancel()
	c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.WithCallStatus(a.URL+"/final"))
	require.NoError(t, err)
	require.Equal(t, c.SID(), (<-changes).Call.SID)
	until(t, s, at(channels.StepMenu, "gather"))
	c.Speak(time.Second) // a menu does not listen
	c.Press("1")
	tone := until(t, s, at(channels.StepRecording, "record")).Seconds
	c.Speak(4 * time.Second)
	until(t, s, func(call twilio.CallState) bool { return call.Text == "" && call.Seconds >= tone+4 })
	c.HangUp()
	end := until(t, s, isOver)
	require.Equal(t, "completed", end.Status)
	require.Empty(t, end.Faults)
	require.Len(t, end.Recordings, 1)
	require.NoError(t, s.Wait(soon(t), func(state twilio.State) bool { return len(state.Callbacks) == 6 }))
	require.Equal(t, []string{"0 initiated, 1 ringing, 2 busy"}, legs(a))
	require.Equal(t, "completed", a.forms("/final")[0].Get("CallStatus"))
	require.Equal(t, "completed", a.forms("/recording")[0].Get("RecordingStatus"))
	require.Equal(t, "hangup", a.forms("/recorded")[0].Get("Digits"))
	c.HangUp()
	require.Equal(t, end, c.State(), "nobody is there any more")
}

// Left alone, a call goes its way; ringing shows who is rung.
func TestNobodyAtThePhone(t *testing.T) {
	a := openApp(t, flow(accepts))
	s, _ := start(t, twilio.Config{Auto: true, CallSecond: time.Microsecond, Twice: true})
	_, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.WithCallStatus(a.URL+"/final"))
	require.NoError(t, err)
	end := until(t, s, isOver)
	require.Equal(t, "completed", end.Status)
	require.Equal(t, "true", a.forms("/rung")[0].Get("DialBridged"))
}

// Advisors who are played by a person too: one declines, the next picks up and
// presses a key, and is the one who hangs up.
func TestAdvisorsInADemo(t *testing.T) {
	pages := flow(noAnswer)
	pages["/ring"] = []string{`<Response><Dial answerOnBridge="true" timeout="20" action="/rung"><Number url="/whisper">` + noAnswer +
		`</Number><Number url="/whisper">+13125550191</Number></Dial></Response>`}
	a := openApp(t, pages)
	s, _ := start(t, twilio.Config{Auto: true, CallSecond: time.Millisecond, Patient: true})
	s.Advisor("", twilio.Advisor{Ends: "no-answer"})
	c, err := s.Call(t.Context(), a.URL+"/voice", customer, ours)
	require.NoError(t, err)
	until(t, s, at(channels.StepMenu, "gather"))
	c.Advise(noAnswer, twilio.Advisor{Keys: "1"}) // whose phone does not ring yet
	c.Press("1")
	until(t, s, func(call twilio.CallState) bool { return len(call.Ringing) == 2 })
	c.Advise(noAnswer, twilio.Advisor{Ends: "busy"})
	until(t, s, func(call twilio.CallState) bool { return len(call.Ringing) == 1 })
	c.Advise(noAnswer, twilio.Advisor{Keys: "1"}) // who has declined
	c.Advise("+13125550191", twilio.Advisor{Keys: "1"})
	until(t, s, func(call twilio.CallState) bool { return call.With == "+13125550191" })
	c.Advise("+13125550191", twilio.Advisor{})
	until(t, s, at(channels.StepRecording, "record"))
	c.HangUp()
	end := until(t, s, isOver)
	require.Equal(t, "true", a.forms("/rung")[0].Get("DialBridged"))
	require.Empty(t, end.Faults)
	var course []string
	for _, m := range end.Course {
		course = append(course, strings.Join(strings.Fields(m.Doing+" "+m.Text+" "+strings.Join(m.Phones, " ")), " "))
	}
	require.Subset(t, course, []string{
		"keys 1", "dial " + noAnswer + " +13125550191", "dial +13125550191", "talk +13125550191",
	})
	require.Regexp(t, `whisper .+ \+13125550191`, strings.Join(course, ", "))
}

func TestCloseEndsCalls(t *testing.T) {
	a := openApp(t, flow(noAnswer))
	s, _ := start(t, twilio.Config{Auto: true, CallSecond: time.Hour})
	_, err := s.Call(t.Context(), a.URL+"/voice", customer, ours, twilio.WithCallStatus(a.URL+"/final"))
	require.NoError(t, err)
	until(t, s, at(channels.StepGreeting, "say"))
	s.Close()
	require.Empty(t, a.forms("/final"))
	_, err = s.Call(t.Context(), a.URL+"/voice", customer, ours)
	require.Error(t, err)
}
