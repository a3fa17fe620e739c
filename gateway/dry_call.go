package gateway

import (
	"time"

	"ringback/channels"
	"ringback/gateway/rules"
)

// trialLine is one line of the journal of a call that did not happen.
type trialLine struct {
	kind  channels.EventKind
	after time.Duration // from the call's beginning
	call  channels.Call
}

// How long the call of a trial takes: long enough not to be a wrong number.
const (
	trialCall  = 30 * time.Second
	trialShort = time.Second
)

// furthest is the step that a call comes to which has that outcome.
var furthest = map[string]channels.Step{
	rules.CallHungUp: channels.StepGreeting, rules.CallMissed: channels.StepVoicemailPrompt,
	rules.CallVoicemail: channels.StepRecording, rules.CallAnswered: channels.StepAnswered,
}

// lines are the call as a provider would tell it.
func (c TrialCall) lines() []trialLine {
	step, length := c.Step, trialCall
	if c.Outcome == rules.CallTooShort {
		length = trialShort
	} else if c.Outcome != "" {
		step = furthest[c.Outcome]
	}
	lines := []trialLine{{kind: channels.CallArrived}}
	if step != "" {
		lines = append(lines, trialLine{kind: channels.CallStepped, after: length / 2, call: channels.Call{Step: step}})
	}
	if c.Outcome == rules.CallVoicemail {
		recording := &channels.Recording{ID: "dry", Seconds: 10}
		lines = append(lines, trialLine{kind: channels.CallRecorded, after: length, call: channels.Call{Recording: recording}})
	}
	seconds := int(length.Seconds())
	return append(lines, trialLine{kind: channels.CallEnded, after: length, call: channels.Call{Status: "completed", Seconds: &seconds}})
}
