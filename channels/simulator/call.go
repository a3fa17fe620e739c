package simulator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"ringback/channels"
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

// CallState is where a call is.
type CallState struct {
	SID        string          `json:"sid"`
	Account    string          `json:"account"`
	From       string          `json:"from"`
	To         string          `json:"to"`
	Status     string          `json:"status"`               // ringing, in-progress, and at the end completed, no-answer, busy, canceled
	Step       channels.Step   `json:"step,omitempty"`       // where in a voice flow this looks to be; at the end the last
	Doing      string          `json:"doing,omitempty"`      // say, play, pause, gather, dial, talk, record; empty once it is over
	Text       string          `json:"text,omitempty"`       // what is said, or the address of what is played
	Ringing    []string        `json:"ringing,omitempty"`    // the advisors' phones that ring
	With       string          `json:"with,omitempty"`       // the advisor that the caller talks to
	Recordings []CallRecording `json:"recordings,omitempty"` // voicemails
	Faults     []string        `json:"faults,omitempty"`     // what Twilio's debugger would show
	Started    time.Time       `json:"started"`
	Seconds    int             `json:"seconds"`   // since it started, in the call's own time
	Connected  int             `json:"connected"` // of these, since it was picked up
	Over       bool            `json:"over"`
}

// CallRecording is a voicemail that was left.
type CallRecording struct {
	SID     string `json:"sid"`
	URL     string `json:"url"`
	Seconds int    `json:"seconds"`
}

// Exchange is one TwiML document that was asked for.
type Exchange struct {
	URL    string
	Params url.Values
	Answer Answer
	At     time.Time // in the call's own time
}

// CallFault is what Twilio has against an answer of the gateway's. After a
// fatal one callers hear of an application error, and are hung up on.
type CallFault struct {
	Code  int
	URL   string
	What  string
	Fatal bool
}

// Error tells the fault as Twilio's debugger would.
func (f CallFault) Error() string { return fmt.Sprintf("%d at %s: %s", f.Code, f.URL, f.What) }

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
	if s.config.Auto {
		c.ctx = s.life
		c.inputs, c.tells = make(chan deed, 64), make(chan CallCallback, 64)
		if !s.background(c.runLive) {
			return c, errors.New("simulator: closed")
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
	if c.plan.hangsUp(BeforeAnswer) {
		c.plan.hangUpAt = ""
		c.fetch(ask{url: c.voice})
		c.rejected = "canceled"
	} else {
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

// SID is the call's id.
func (c *Call) SID() string { return c.sid }

// State is where the call is now.
func (c *Call) State() CallState {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	return c.snapshot()
}

// snapshot is a copy of the state. The caller holds sim.mu.
func (c *Call) snapshot() CallState {
	state := c.state
	state.Ringing, state.Recordings = slices.Clone(state.Ringing), slices.Clone(state.Recordings)
	for _, fault := range c.faults {
		state.Faults = append(state.Faults, fault.Error())
	}
	return state
}

// Faults is what Twilio has against the gateway's answers so far.
func (c *Call) Faults() []CallFault {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	return slices.Clone(c.faults)
}

// Exchanges are the documents that were asked for so far, in order.
func (c *Call) Exchanges() []Exchange {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	return slices.Clone(c.exchanges)
}

// FindCall is one of the calls that the simulator remembers.
func (s *Simulator) FindCall(sid string) (*Call, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.calls, func(c *Call) bool { return c.sid == sid })
	if at < 0 {
		return nil, false
	}
	return s.calls[at], true
}

// show lets everybody see what the caller hears now; the zero moment is the end.
func (c *Call) show(m moment) {
	c.change(func(state *CallState) {
		state.Status, state.Doing, state.Text = c.status, m.doing, m.text
		if m.step != "" {
			state.Step = m.step
		}
		if c.over {
			state.Over, state.Ringing, state.With = true, nil, ""
		}
	})
	if c.plan.watch != nil {
		c.plan.watch(c.State())
	}
}

// change alters what others see, and tells them.
func (c *Call) change(how func(*CallState)) {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	how(&c.state)
	c.state.Seconds, c.state.Connected = whole(c.now), c.seconds()
	state := c.snapshot()
	c.sim.tell(Change{At: c.at(), Call: &state})
}

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
