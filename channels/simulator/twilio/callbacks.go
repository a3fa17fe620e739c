package twilio

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Callback is one status callback that was sent, and what came back.
type Callback struct {
	Message string     `json:"message,omitempty"` // MessageSid
	Call    string     `json:"call,omitempty"`    // CallSid of the caller's leg
	Kind    Told       `json:"kind,omitempty"`    // what it tells of the call
	Status  string     `json:"status"`
	Code    int        `json:"code,omitempty"`
	URL     string     `json:"url"`
	Params  url.Values `json:"params"`
	At      time.Time  `json:"at"`
	Answer  Answer     `json:"answer"`
	Error   string     `json:"error,omitempty"` // why there is no answer
}

// Deliver lets everything happen that is planned and has not happened, in the
// order of its time, without waiting for it, and returns the callbacks that it
// sent. The error joins those of callbacks that got no answer at all. With
// Config.Auto there is nothing to deliver.
func (s *Simulator) Deliver(ctx context.Context) ([]Callback, error) {
	return s.deliver(ctx, func(time.Time) bool { return true })
}

// DeliverDue is Deliver for what is due by the clock, and leaves the rest.
func (s *Simulator) DeliverDue(ctx context.Context) ([]Callback, error) {
	now := s.config.Clock.Now()
	return s.deliver(ctx, func(due time.Time) bool { return !due.After(now) })
}

// planned is something that waits for Deliver.
type planned struct {
	due  time.Time
	play func(context.Context) []Callback
}

func (s *Simulator) deliver(ctx context.Context, want func(due time.Time) bool) ([]Callback, error) {
	var sent []Callback
	var failed []error
	for _, p := range s.take(want) {
		for _, c := range p.play(ctx) {
			sent = append(sent, c)
			if c.Error != "" {
				failed = append(failed, errors.New(c.Error))
			}
		}
	}
	return sent, errors.Join(failed...)
}

// take removes the wanted steps from their messages, and what the calls have
// to tell, so that nobody else plays them too.
func (s *Simulator) take(want func(due time.Time) bool) []planned {
	s.mu.Lock()
	defer s.mu.Unlock()
	var taken []planned
	for _, e := range s.log {
		var left []Step
		for _, step := range e.steps {
			if due := e.Created.Add(step.After); want(due) {
				sid := e.SID
				taken = append(taken, planned{due, func(ctx context.Context) []Callback { return s.play(ctx, sid, step) }})
			} else {
				left = append(left, step)
			}
		}
		e.steps = left
	}
	for _, c := range s.placed {
		taken = append(taken, planned{c.started, func(context.Context) []Callback {
			c.run()
			return []Callback{{Call: c.sid, Status: c.status}}
		}})
	}
	s.placed = nil
	var left []CallCallback
	for _, told := range s.untold {
		if want(told.At) {
			taken = append(taken, planned{told.At, func(ctx context.Context) []Callback { return s.tellCall(ctx, told) }})
		} else {
			left = append(left, told)
		}
	}
	s.untold = left
	slices.SortStableFunc(taken, func(a, b planned) int { return a.due.Compare(b.due) })
	return taken
}

// play lets a step happen to its message and tells the gateway.
func (s *Simulator) play(ctx context.Context, sid string, step Step) []Callback {
	m, ok := s.move(sid, step)
	if !ok || step.Lost || m.Callback == "" {
		return nil
	}
	times := cmp.Or(step.Times, 1)
	if s.config.Twice {
		times *= 2
	}
	params := s.callbackParams(m, step)
	token := uuid.NewString()
	var sent []Callback
	for range times {
		c := Callback{Message: sid, Status: step.Status, Code: step.Code, URL: m.Callback, Params: params}
		answer, err := s.post(ctx, m.Callback, params, token)
		c.Answer, c.At = answer, s.config.Clock.Now()
		if err != nil {
			c.Error = err.Error()
		}
		sent = append(sent, c)
		s.remember(c)
	}
	return sent
}

func (s *Simulator) remember(c Callback) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks = append(s.callbacks, c)
	if len(s.callbacks) > s.config.Keep {
		s.callbacks = s.callbacks[1:]
	}
	s.config.Log.Debug("status callback", "message", c.Message, "call", c.Call, "status", c.Status, "answer", c.Answer.Status, "error", c.Error)
	s.tell(Change{At: c.At, Callback: &c})
}

// callbackParams is a status callback's form, with the fields that Twilio adds
// for some states and channels.
func (s *Simulator) callbackParams(m Message, step Step) url.Values {
	p := url.Values{
		"AccountSid": {m.Account}, "ApiVersion": {apiVersion},
		"MessageSid": {m.SID}, "SmsSid": {m.SID},
		"MessageStatus": {step.Status}, "SmsStatus": {step.Status},
		"From": {m.From}, "To": {m.To},
	}
	if m.ServiceSID != "" {
		p.Set("MessagingServiceSid", m.ServiceSID)
	}
	if step.Code != 0 {
		p.Set("ErrorCode", strconv.Itoa(step.Code))
	}
	if onWhatsApp(m.To) {
		addWhatsApp(p, m, step)
	} else if step.Status == "delivered" || step.Status == "undelivered" {
		p.Set("RawDlrDoneDate", m.Updated.Format("0601021504"))
	}
	return p
}

func addWhatsApp(p url.Values, m Message, step Step) {
	p.Set("ChannelPrefix", "whatsapp")
	p.Set("ChannelInstallSid", "XE"+strings.Repeat("0", 32))
	p.Set("ChannelToAddress", bare(m.To))
	switch step.Status {
	case "delivered", "read":
		p.Set("EventType", strings.ToUpper(step.Status))
	case "failed", "undelivered":
		p.Set("ChannelStatusMessage", apiErrors[step.Code].message)
	}
}
