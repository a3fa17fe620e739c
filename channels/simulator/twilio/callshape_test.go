package twilio_test

import (
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twilio/twilio-go/twiml"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

// The provider's own samples of calls have the same fields, where they are at
// hand.
func TestCallFieldsAreThoseOfTheSamples(t *testing.T) {
	folder := os.Getenv("RINGBACK_PAYLOADS")
	if folder == "" {
		t.Skip("RINGBACK_PAYLOADS names no folder")
	}
	sent := map[string]url.Values{}
	play := func(advisor string, options ...twilio.CallOption) *app {
		a := openApp(t, flow(advisor))
		dial(t, a, twilio.Config{}, append(options, twilio.Press("1"))...)
		return a
	}
	a := play(accepts)
	sent["incoming_pstn_ringing.form"] = a.forms("/voice")[0]
	sent["gather_digits_inbound_in.form"] = a.forms("/option")[0]
	sent["dial_action_completed_bridged_true.form"] = a.forms("/rung")[0]
	sent["status_inbound_completed.form"] = a.forms("/final")[0]
	a = play(silent)
	sent["dial_action_completed_bridged_false.form"] = a.forms("/rung")[0]
	sent["recording_status_absent.form"] = a.forms("/recording")[0]
	a = play(busy, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	sent["dial_action_busy_bridged_false.form"] = a.forms("/rung")[0]
	sent["record_action_digits_hangup.form"] = a.forms("/recorded")[0]
	sent["recording_status_completed_21s.form"] = a.forms("/recording")[0]
	a = play(failed, twilio.LeaveVoicemail(8*time.Second, twilio.ByKey))
	sent["dial_action_failed_bridged_false.form"] = a.forms("/rung")[0]
	sent["record_action_key_hash.form"] = a.forms("/recorded")[0]
	a = play(noAnswer, twilio.LeaveVoicemail(8*time.Second, twilio.BySilence))
	sent["dial_action_no-answer_bridged_false.form"] = a.forms("/rung")[0]
	sent["record_action_silence_timeout_no_digits.form"] = a.forms("/recorded")[0]
	sent["status_dial_child_leg_no-answer.form"] = a.forms("/leg?advisor=1")[2]
	a = play(noAnswer, twilio.HangUp(channels.StepRinging, 5*time.Second))
	sent["dial_action_caller_hung_up_while_ringing.form"] = a.forms("/rung")[0]
	for file, form := range sent {
		sample, err := os.ReadFile(filepath.Join(folder, "twilio", "voice", file))
		require.NoError(t, err)
		want, err := url.ParseQuery(strings.TrimSpace(string(sample)))
		require.NoError(t, err)
		require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(form)), file)
		for _, name := range []string{"CallStatus", "DialCallStatus", "DialBridged", "DialSipResponseCode", "RecordingStatus", "SipResponseCode", "Direction"} {
			require.Equal(t, want[name], form[name], file+" "+name)
		}
	}
}

// What Twilio's own library writes is what the grammar wants.
func TestTwilioGoWritesTheGrammar(t *testing.T) {
	document, err := twiml.Voice([]twiml.Element{
		twiml.VoiceSay{Message: "Hello & welcome", Language: "en-GB"},
		twiml.VoicePlay{Url: "/prompt.wav"},
		twiml.VoiceGather{
			Input: "dtmf", NumDigits: "1", Timeout: "5", Action: "/voice?at=a&round=1", ActionOnEmptyResult: "false",
			InnerElements: []twiml.Element{twiml.VoiceSay{Message: "Press 1."}},
		},
		twiml.VoiceDial{AnswerOnBridge: "true", Timeout: "20", CallerId: ours, InnerElements: []twiml.Element{
			twiml.VoiceNumber{PhoneNumber: busy, Url: "/whisper", StatusCallback: "/leg", StatusCallbackEvent: "initiated ringing answered completed"},
		}},
		twiml.VoiceRecord{
			MaxLength: "120", Timeout: "5", PlayBeep: "true", FinishOnKey: "#", Action: "/voice", Trim: "do-not-trim",
			RecordingStatusCallback: "/recording", RecordingStatusCallbackEvent: "completed absent",
		},
		twiml.VoiceHangup{},
	})
	require.NoError(t, err)
	a := openApp(t, map[string][]string{"/voice": {document}, "/leg": {""}, "/recording": {""}, "/final": {""}})
	dial(t, a, twilio.Config{})
	require.Equal(t, "/voice /prompt.wav /leg /leg /leg /final /recording", a.paths())
}
