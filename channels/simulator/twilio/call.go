package twilio

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"
)

// Call is one call from a caller's phone to one of the gateway's numbers. Its
// methods may be used from anywhere at any time.
type Call struct {
	*line   // the caller's leg
	sim     *Simulator
	ctx     context.Context // ends with the call's life, not with a request
	plan    callPlan
	started time.Time

	// What only the call's own course touches.
	now       time.Duration // since it started
	answered  time.Duration // when it was picked up, if picked
	picked    bool
	rejected  string // the status that a Reject ends it with
	documents int
	chosen    bool // the document that is played answers digits
	dialed    bool // a Dial has been played
	fellBack  bool
	untold    []CallCallback // callbacks that wait for the call's end

	// What others see too, under sim.mu.
	state     CallState
	faults    []CallFault
	exchanges []Exchange

	inputs chan deed         // with Config.Auto: what the person at the phone does
	tells  chan CallCallback // with Config.Auto: what is told at once, in order
}

// Call lets a customer call one of the gateway's numbers: voiceURL is the
// URL of its voice webhook, from and to are numbers; from may also be
// "anonymous" or one of the spellings for that.
//
// Without Config.Auto the whole call happens before Call returns, in its own
// time, which begins at the clock's: what the caller does is told by the
// options, what the advisors do by Advisor and the magic numbers. The
// callbacks that do not lead to TwiML wait for Deliver. The error joins the
// faults that were found with what the options asked for and never came to
// pass; the call is there all the same.
//
// With Config.Auto the call goes on by itself and the methods Press, HangUp
// and Speak are what the caller does.
func (s *Simulator) Call(ctx context.Context, voiceURL, from, to string, options ...CallOption) (*Call, error) {
	c := s.newCall(voiceURL, from, to, options)
	if s.auto.Load() {
		c.ctx = s.life
		c.inputs, c.tells = make(chan deed, 64), make(chan CallCallback, 64)
		if !s.background(c.runLive) {
			return c, errors.New("the simulated Twilio is closed")
		}
		return c, nil
	}
	c.ctx = ctx
	c.run()
	failed := []error{ctx.Err()}
	for _, fault := range c.Faults() {
		failed = append(failed, fault)
	}
	return c, errors.Join(append(failed, c.plan.unplayed()...)...)
}

func (s *Simulator) newCall(voiceURL, from, to string, options []CallOption) *Call {
	c := &Call{sim: s, started: s.config.Clock.Now(), plan: callPlan{account: s.config.AccountSID}}
	for _, option := range options {
		option(&c.plan)
	}
	sid := newSID("CA")
	form := callForm(c.plan.account, sid, from, to, "inbound")
	maps.Copy(form, c.plan.params)
	maps.DeleteFunc(form, func(_ string, values []string) bool { return len(values) == 0 })
	c.line = &line{call: c, sid: sid, form: form, status: "ringing", voice: voiceURL, pass: c.pass}
	c.state = CallState{SID: sid, Account: c.plan.account, From: from, To: to, Status: "ringing", Started: c.started}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	if len(s.calls) > s.config.Keep {
		s.calls = slices.Delete(s.calls, 0, 1)
	}
	return c
}

// runLive is run beside somebody who sends the callbacks.
func (c *Call) runLive() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for told := range c.tells {
			c.sim.tellCall(c.ctx, told)
		}
	}()
	c.run()
	close(c.tells)
	<-done
}

// run is the call from its first request to its last.
func (c *Call) run() {
	switch {
	case c.plan.outgoing() && !c.ringOut(): // whoever asked for it is told how it ended
	case c.plan.hangsUp(BeforeAnswer):
		c.plan.hangUpAt = ""
		c.fetch(ask{url: c.voice})
		c.rejected = "canceled"
	default:
		c.follow(ask{url: c.voice})
		if !c.over {
			c.hangUp() // the document has ended
		}
	}
	c.over = true
	if c.ctx.Err() != nil {
		return // the simulator was closed, or the test given up
	}
	c.status = c.finalStatus()
	c.tellFinal()
	c.show(moment{})
	c.release()
}

// finalStatus is what became of the call.
func (c *Call) finalStatus() string {
	switch {
	case c.rejected != "":
		return c.rejected
	case c.picked:
		return "completed"
	}
	return "no-answer"
}

// seconds is how long the call has been, or was, connected.
func (c *Call) seconds() int {
	if !c.picked {
		return 0
	}
	return whole(c.now - c.answered)
}

// pick answers the phone, if that has not been done.
func (c *Call) pick() {
	if !c.picked {
		c.picked, c.answered, c.status = true, c.now, "in-progress"
	}
}

// at is the call's own time.
func (c *Call) at() time.Time { return c.started.Add(c.now) }

// callForm is what Twilio sends with every request about a leg.
func callForm(account, sid, from, to, direction string) url.Values {
	form := url.Values{
		"AccountSid": {account}, "ApiVersion": {apiVersion}, "CallSid": {sid}, "Direction": {direction},
		"From": {from}, "To": {to}, "Caller": {from}, "Called": {to},
	}
	for _, side := range []string{"From", "Caller", "To", "Called"} {
		addPlace(form, side)
	}
	return form
}

// whole is a duration in seconds, as Twilio counts them.
func whole(d time.Duration) int { return int(d.Round(time.Second) / time.Second) }
