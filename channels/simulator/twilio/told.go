package twilio

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Told is what a callback tells of a call.
type Told string

// What is told of a call without asking what comes next.
const (
	ToldLeg       Told = "leg"       // how an advisor's phone fares
	ToldRecording Told = "recording" // a voicemail is ready, or there is none
	ToldAction    Told = "action"    // a Dial's or Record's action, after the caller hung up; the answer is of no use
	ToldFinal     Told = "final"     // the call is over
)

// CallCallback is a callback about a call that is still to be sent.
type CallCallback struct {
	Call   string // CallSid of the caller's leg
	Kind   Told
	URL    string
	Params url.Values
	At     time.Time // in the call's own time
}

// Status is the state that it tells of.
func (t CallCallback) Status() string {
	if t.Kind == ToldRecording {
		return t.Params.Get("RecordingStatus")
	}
	return t.Params.Get("CallStatus")
}

// later has something told: at once with Config.Auto, else once the call is
// over and somebody calls Deliver.
func (c *Call) later(told CallCallback) {
	told.Call = c.sid
	if c.tells == nil {
		c.untold = append(c.untold, told)
		return
	}
	select {
	case c.tells <- told:
	case <-c.ctx.Done():
	}
}

// release hands the callbacks of a call that is over to Deliver. A callback
// that was put behind another does not come before it.
func (c *Call) release() {
	slices.SortStableFunc(c.untold, func(a, b CallCallback) int { return a.At.Compare(b.At) })
	if c.plan.arrange != nil {
		c.untold = c.plan.arrange(c.untold)
	}
	for i := range c.untold {
		if i > 0 && c.untold[i].At.Before(c.untold[i-1].At) {
			c.untold[i].At = c.untold[i-1].At
		}
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	c.sim.untold = append(c.sim.untold, c.untold...)
	if over := len(c.sim.untold) - c.sim.config.Keep; over > 0 {
		c.sim.untold = slices.Delete(c.sim.untold, 0, over)
	}
	c.untold = nil
}

// tellCall sends a callback, as often as Config says.
func (s *Simulator) tellCall(ctx context.Context, told CallCallback) (sent []Callback) {
	times := 1
	if s.config.Twice {
		times = 2
	}
	token := uuid.NewString()
	for range times {
		c := Callback{Call: told.Call, Kind: told.Kind, Status: told.Status(), URL: told.URL, Params: told.Params}
		answer, err := s.post(ctx, told.URL, told.Params, token)
		c.Answer, c.At = answer, s.config.Clock.Now()
		if err != nil {
			c.Error = err.Error()
		}
		sent = append(sent, c)
		s.remember(c)
	}
	return sent
}

// tellLast makes the request of a verb that the caller hung up in. Nothing
// waits for its answer, and nothing says that it comes before the callbacks.
func (c *Call) tellLast(next ask) {
	form := maps.Clone(c.form)
	form.Set("CallStatus", c.finalStatus())
	maps.Copy(form, next.form)
	c.later(CallCallback{Kind: ToldAction, URL: next.url, Params: form, At: c.at()})
}

// tellFinal tells the number's StatusCallback, which hears of ends alone.
func (c *Call) tellFinal() {
	if c.plan.status == "" {
		return
	}
	more := url.Values{}
	if c.status != "canceled" {
		addDuration(more, c.seconds())
	}
	c.later(CallCallback{Kind: ToldFinal, URL: c.plan.status, At: c.at(), Params: c.progress(c.form, c.status, 0, more)})
}

// progress is the form of a call progress event.
func (c *Call) progress(leg url.Values, status string, sequence int, more url.Values) url.Values {
	form := maps.Clone(leg)
	form.Set("CallStatus", status)
	form.Set("CallbackSource", "call-progress-events")
	form.Set("SequenceNumber", strconv.Itoa(sequence))
	form.Set("Timestamp", c.at().UTC().Format(time.RFC1123Z))
	maps.Copy(form, more)
	return form
}

// addDuration tells a length in seconds, and in minutes begun.
func addDuration(form url.Values, seconds int) {
	form.Set("CallDuration", strconv.Itoa(seconds))
	form.Set("Duration", strconv.Itoa((seconds+59)/60))
}
