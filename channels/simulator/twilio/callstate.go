package twilio

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"ringback/channels"
)

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
	Course     []CallMoment    `json:"course,omitempty"`     // what was heard and done so far
	Recordings []CallRecording `json:"recordings,omitempty"` // voicemails
	Faults     []string        `json:"faults,omitempty"`     // what Twilio's debugger would show
	Started    time.Time       `json:"started"`
	Seconds    int             `json:"seconds"`   // since it started, in the call's own time
	Connected  int             `json:"connected"` // of these, since it was picked up
	Over       bool            `json:"over"`
}

// CallMoment is one thing that somebody heard or did in a call.
type CallMoment struct {
	Seconds int           `json:"seconds"` // since the call began
	Step    channels.Step `json:"step,omitempty"`
	Doing   string        `json:"doing"`            // as in CallState; also keys: the caller pressed some; whisper: an advisor heard something
	Text    string        `json:"text,omitempty"`   // what was said or pressed, or the address of what was played
	Phones  []string      `json:"phones,omitempty"` // the advisors' that rang, talk or heard it
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
	state.Ringing, state.Recordings, state.Course = slices.Clone(state.Ringing), slices.Clone(state.Recordings), slices.Clone(state.Course)
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
	if m.doing != "" && m.doing != "pause" {
		c.heard(CallMoment{Step: m.step, Doing: m.doing, Text: m.text})
	}
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

// heard adds to the call's course what is new in it.
func (c *Call) heard(m CallMoment) {
	c.change(func(state *CallState) {
		m.Seconds = whole(c.now)
		switch m.Doing {
		case "dial":
			m.Phones = slices.Clone(state.Ringing)
		case "talk":
			m.Phones, m.Text = []string{m.Text}, ""
		}
		if m.Doing == "dial" && m.Phones == nil {
			return // who picked up hears the whisper
		}
		if n := len(state.Course); n == 0 || !state.Course[n-1].same(m) {
			state.Course = append(state.Course, m)
		}
	})
}

// same reports whether a moment only goes on.
func (m CallMoment) same(next CallMoment) bool {
	return m.Doing != "keys" && m.Step == next.Step && m.Doing == next.Doing && m.Text == next.Text && slices.Equal(m.Phones, next.Phones)
}

// reaches reports whether an advisor's phone has to do with the call now.
func (c *Call) reaches(number string) bool {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	return c.state.With == number || slices.Contains(c.state.Ringing, number)
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
