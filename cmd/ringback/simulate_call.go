package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
)

type simulateCall struct {
	target
	From           string        `help:"The caller's number; \"anonymous\" withholds it." default:"+13125550142"`
	To             string        `help:"The number that is called." default:"+13125550100"`
	Press          []string      `help:"Keys for the call tree, one for each menu."`
	HangUpAt       string        `help:"Where the caller gives up: greeting, menu, ringing or voicemail." enum:"greeting,menu,ringing,voicemail," default:""`
	LeaveVoicemail time.Duration `help:"Nobody answers, and the caller speaks for so long." placeholder:"8s"`
	Answer         time.Duration `help:"An advisor answers, and the two talk for so long." placeholder:"30s"`
}

var hangUpAt = map[string]channels.Step{
	"greeting": channels.StepGreeting, "menu": channels.StepMenu, "ringing": channels.StepRinging, "voicemail": channels.StepVoicemailPrompt,
}

// Run plays the call as the provider would, and prints what was heard and what
// came of it. The call takes no time of its own; its settling does.
func (s simulateCall) Run(ctx context.Context, out output) error {
	if err := s.contradicts(); err != nil {
		return err
	}
	access, err := s.resolve()
	if err != nil {
		return err
	}
	sim := twilio.New(twilio.Config{AccountSID: access.Account, AuthToken: access.Token})
	defer sim.Close()
	call, err := sim.Call(ctx, access.URL+"/webhooks/twilio/voice", s.From, s.To, append(s.play(sim), twilio.WithCallStatus(access.URL+"/webhooks/twilio/calls"))...)
	answered := func(e twilio.Exchange) bool { return e.Answer.Status != 0 }
	if !slices.ContainsFunc(call.Exchanges(), answered) {
		return fmt.Errorf("the gateway at %s did not answer: %w; is it running?", access.URL, err)
	}
	told := newStory(out, access)
	for _, e := range call.Exchanges() {
		told.Webhook = e.Answer.Status
		if e.Answer.Status >= 300 {
			told.say("webhook", "%d %s", e.Answer.Status, e.URL)
		}
	}
	for _, m := range call.State().Course {
		line := inCall(m)
		told.Heard = append(told.Heard, line)
		told.say(line.At, "%s", line.Words)
	}
	if _, lost := sim.Deliver(ctx); lost != nil {
		err = errors.Join(err, lost)
	}
	if err != nil {
		return fmt.Errorf("the call did not go as it was to: %w", err)
	}
	if access.Key != "" && len(told.Heard) > 0 {
		told.say("settling", "a call is decided a few seconds after its end")
	}
	return told.follow(ctx, call.SID())
}

// contradicts refuses what cannot all be so of one call.
func (s simulateCall) contradicts() error {
	switch {
	case s.Answer > 0 && s.LeaveVoicemail > 0:
		return errors.New("--answer and --leave-voicemail contradict each other: who is answered leaves no voicemail")
	case s.Answer > 0 && s.HangUpAt != "":
		return errors.New("--answer and --hang-up-at contradict each other: who has hung up talks to nobody")
	case s.LeaveVoicemail > 0 && s.HangUpAt != "":
		return errors.New("--leave-voicemail and --hang-up-at contradict each other: who has hung up leaves no voicemail")
	case s.HangUpAt == "greeting" && len(s.Press) > 0:
		return errors.New("--press and --hang-up-at greeting contradict each other: the menu comes after the greeting")
	case s.Answer < 0 || s.LeaveVoicemail < 0:
		return errors.New("--answer and --leave-voicemail are lengths of time, such as 8s")
	}
	return nil
}

func (s simulateCall) play(sim *twilio.Simulator) []twilio.CallOption {
	play := []twilio.CallOption{twilio.Press(s.Press...)}
	nobody := twilio.Advisor{After: 20 * time.Second, Ends: "no-answer"}
	switch {
	case s.LeaveVoicemail > 0:
		sim.Advisor("", nobody)
		play = append(play, twilio.LeaveVoicemail(s.LeaveVoicemail, twilio.ByHangUp))
	case s.HangUpAt != "":
		sim.Advisor("", nobody)
		after := time.Second
		if s.HangUpAt == "greeting" {
			after = 4 * time.Second // sooner is a wrong number
		}
		play = append(play, twilio.HangUp(hangUpAt[s.HangUpAt], after))
	case s.Answer > 0:
		sim.Advisor("", twilio.Advisor{After: 3 * time.Second, Keys: "1", Talks: s.Answer})
	}
	return play
}
