package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"ringback/channels"
)

// callPlans are what can become of a call.
var callPlans = []string{"short", "hangup", "ringing", "answered", "voicemail", "missed", "endless"}

// callLines are a plan's, in the order in which they happen.
func callLines(plan string) []channels.Event {
	step := func(s channels.Step) channels.Event {
		return channels.Event{Kind: channels.CallStepped, ProviderID: string(s), Call: &channels.Call{Step: s}}
	}
	dialed := func(status string, bridged bool) channels.Event {
		return channels.Event{Kind: channels.CallDialed, ProviderID: "dialed", Call: &channels.Call{Dial: &channels.Dial{Status: status, Bridged: bridged}}}
	}
	end := func(seconds int) channels.Event {
		return channels.Event{Kind: channels.CallEnded, ProviderID: "end", Call: &channels.Call{Status: "completed", Seconds: &seconds}}
	}
	lines := []channels.Event{{Kind: channels.CallArrived, ProviderID: "arrived", Call: &channels.Call{}}}
	if plan != "short" {
		lines = append(lines, step(channels.StepGreeting))
	}
	switch plan {
	case "short":
		return append(lines, end(1))
	case "hangup":
		return append(lines, end(9))
	case "ringing":
		return append(lines, step(channels.StepRinging), end(15))
	case "answered":
		return append(lines, step(channels.StepRinging), step(channels.StepAnswered), dialed("completed", true), end(60))
	case "voicemail":
		return append(lines, step(channels.StepVoicemailPrompt), step(channels.StepRecording), end(40),
			channels.Event{Kind: channels.CallRecorded, ProviderID: "recorded", Call: &channels.Call{Recording: &channels.Recording{ID: "RE1", Seconds: 9}}})
	case "missed":
		return append(lines, step(channels.StepRinging), dialed("no-answer", false), step(channels.StepVoicemailPrompt), end(50))
	}
	return append(lines, step(channels.StepRinging)) // its end is never told
}

// call is a call, whose lines come as the last argument shuffles them: in order
// mostly, sometimes two changed or one doubled.
func (w *world) call(ctx context.Context, s Step) error {
	w.calls++
	sid := fmt.Sprintf("c%d", w.calls)
	lines := callLines(s.Args[min(3, len(s.Args)-1)])
	began := w.clock.Now().Add(-time.Duration(len(lines)) * 5 * time.Second)
	for n := range lines {
		e := &lines[n]
		e.ProviderID, e.Call.ID = sid+"/"+e.ProviderID, sid
		e.Account, e.Sender, e.SenderAddress = account, channels.Voice, w.senders[(s.number(1)+senders-1)%senders].Address
		e.CustomerAddress, e.At = phone(s.number(0)), began.Add(time.Duration(n)*5*time.Second)
	}
	d := rand.New(rand.NewPCG(uint64(s.number(4)), 0)) //nolint:gosec // no secret
	a, b := d.IntN(len(lines)), d.IntN(len(lines))
	if d.IntN(2) == 0 {
		lines[a], lines[b] = lines[b], lines[a]
	}
	for _, line := range lines {
		e := w.tell(line, s.number(0))
		w.record(ctx, s.number(2), e)
		if d.IntN(6) == 0 {
			w.record(ctx, s.number(2), e)
		}
	}
	return nil
}
