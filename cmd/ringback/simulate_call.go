package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// Run plays the call as the provider would, and prints what was said and what
// came of it. The call takes no time of its own; its settling does.
func (s simulateCall) Run(ctx context.Context, out io.Writer) error {
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
	for _, e := range call.Exchanges() {
		fmt.Fprintf(out, "webhook   %s\n          %s\n", e.URL, oneLine(e.Answer.Body))
	}
	if _, told := sim.Deliver(ctx); told != nil {
		err = errors.Join(err, told)
	}
	if err != nil {
		return fmt.Errorf("the call did not go as it was to: %w", err)
	}
	if access.Key == "" {
		fmt.Fprintln(out, "decision  give --key to see what was decided")
		return nil
	}
	fmt.Fprintln(out, "settling  a call is decided a few seconds after its end")
	return follow(ctx, out, access, call.SID())
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
