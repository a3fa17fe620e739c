package twilio

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"ringback/channels"
)

// CallOption changes one call.
type CallOption func(*callPlan)

// BeforeAnswer is where a caller hangs up who does not wait for the phone to
// be answered. The other places are a voice flow's steps.
const BeforeAnswer channels.Step = "before_answer"

// callPlan is what the caller is going to do, and where Twilio is to ask.
type callPlan struct {
	account, status, fallback string
	params                    url.Values

	hangUpAt    channels.Step
	hangUpAfter time.Duration
	presses     []string // one a menu
	voicemail   time.Duration
	ends        string // how the voicemail does: hangup, silence or a key

	watch   func(CallState)
	arrange func([]CallCallback) []CallCallback

	pickUpWins bool
	rings      time.Duration // of a call that Twilio makes: how long, at most; 0: it comes in
}

// HangUp lets the caller hang up at a step, one second after coming there or
// after the time given. In a menu all presses come first.
func HangUp(at channels.Step, after ...time.Duration) CallOption {
	return func(p *callPlan) {
		p.hangUpAt, p.hangUpAfter = at, time.Second
		for _, d := range after {
			p.hangUpAfter = d
		}
	}
}

// Press lets the caller press keys, one string for each menu that is played;
// with "" they say nothing there, as they do in all further ones.
func Press(keys ...string) CallOption {
	return func(p *callPlan) { p.presses = append(p.presses, keys...) }
}

// How a voicemail ends.
const (
	ByHangUp  = "hangup"
	ByKey     = "#"
	BySilence = "silence"
)

// LeaveVoicemail lets the caller speak for so long after the tone.
func LeaveVoicemail(length time.Duration, ends string) CallOption {
	return func(p *callPlan) { p.voicemail, p.ends = length, ends }
}

// WithCallStatus is the number's StatusCallback: where its calls' ends are told.
func WithCallStatus(url string) CallOption { return func(p *callPlan) { p.status = url } }

// WithCallFallback is where to ask after the gateway failed to answer.
func WithCallFallback(url string) CallOption { return func(p *callPlan) { p.fallback = url } }

// WithCallParams sets further fields of all the caller's requests, say
// StirVerstat, CallerName or ForwardedFrom, or other values of the usual ones;
// an empty list of values leaves a field out.
func WithCallParams(params url.Values) CallOption { return func(p *callPlan) { p.params = params } }

// ToCallAccount is the account that is called; else it is the first.
func ToCallAccount(sid string) CallOption { return func(p *callPlan) { p.account = sid } }

// Watch is told of every moment of the call, before it passes. It may call the
// simulator, and breaks whatever it wants to break just then.
func Watch(see func(CallState)) CallOption { return func(p *callPlan) { p.watch = see } }

// Arrange is given the callbacks of the call once it is over, in the order of
// their times, and returns those to send, in the order to send them: what is
// left out is lost, what is there twice comes twice, and other params or a
// later time are as good. It has no effect with Config.Auto.
func Arrange(how func([]CallCallback) []CallCallback) CallOption {
	return func(p *callPlan) { p.arrange = how }
}

// PickUpWins gives a call to the first of several advisors who picks up, and
// hangs up on the others then, which is how Twilio's reference reads. Without
// it they are hung up on once somebody is connected, after the whisper.
func PickUpWins() CallOption { return func(p *callPlan) { p.pickUpWins = true } }

// hangsUp reports whether the caller means to hang up at a step.
func (p *callPlan) hangsUp(at channels.Step) bool { return at != "" && p.hangUpAt == at }

// unplayed is what the caller was to do and never came to.
func (p *callPlan) unplayed() (missed []error) {
	if p.hangUpAt != "" {
		missed = append(missed, fmt.Errorf("the call never lasted at %s until the caller hung up", p.hangUpAt))
	}
	if len(p.presses) > 0 {
		missed = append(missed, fmt.Errorf("the call had no menu for the caller to press %q", p.presses))
	}
	if p.voicemail > 0 {
		missed = append(missed, fmt.Errorf("the call had no room for a voicemail of %v", p.voicemail))
	}
	return missed
}

// pass lets a moment go by on the caller's line.
func (c *Call) pass(m moment) deed {
	c.show(m)
	d := deed{after: m.lasts, hangUp: true}
	switch {
	case c.ctx.Err() != nil:
	case c.sim.auto.Load() && (!c.plan.outgoing() || m.doing != "gather"):
		d = c.live(c.ctx, m)
	default:
		d = c.plan.next(m)
	}
	c.now += d.after
	if d.keys != "" {
		c.heard(CallMoment{Step: m.step, Doing: "keys", Text: d.keys})
	}
	return d
}

// next is what the caller's script has for a moment.
func (p *callPlan) next(m moment) deed {
	switch menu := m.step == channels.StepMenu; {
	case p.hangsUp(m.step) && (!menu || len(p.presses) == 0):
		due := p.hangUpAfter < m.lasts || p.hangUpAfter == m.lasts && m.doing != "dial" // what a phone does at that time comes first
		if due || m.step == channels.StepOptionChosen && m.lasts == 0 {
			p.hangUpAt = ""
			return deed{after: min(p.hangUpAfter, m.lasts), hangUp: true}
		}
		p.hangUpAfter -= m.lasts
	case m.doing == "gather" && !m.typed && len(p.presses) > 0:
		keys := p.presses[0]
		if p.presses = p.presses[1:]; keys != "" {
			return deed{after: min(time.Second, m.lasts), keys: keys}
		}
	case m.hears && p.voicemail > 0:
		speaks := p.voicemail
		p.voicemail = 0
		return deed{speaks: speaks}
	case m.hears && m.typed && p.ends == ByHangUp:
		return deed{hangUp: true}
	case m.hears && m.typed && p.ends != BySilence:
		key := p.ends
		p.ends = BySilence // should the key mean nothing
		return deed{keys: key}
	}
	return deed{after: m.lasts}
}

// live is what the person at the demo's phone does, or one of those whose
// phones ring.
func (c *Call) live(ctx context.Context, m moment) deed {
	if m.lasts <= 0 {
		return deed{}
	}
	real := max(time.Duration(m.lasts.Seconds()*float64(c.sim.config.CallSecond)), 1)
	begin, timer := time.Now(), time.NewTimer(real)
	defer timer.Stop()
	if c.sim.config.Patient && m.waits {
		timer.Stop()
	}
	for {
		select {
		case <-ctx.Done():
			return deed{after: m.lasts, hangUp: true}
		case <-timer.C:
			return deed{after: m.lasts}
		case d := <-c.inputs:
			if d.keys != "" && !m.keys || d.speaks > 0 && !m.hears || d.advisor != "" && !c.reaches(d.advisor) {
				continue // nobody listens
			}
			share := min(1, float64(time.Since(begin))/float64(real))
			d.after = time.Duration(share * float64(m.lasts))
			return d
		}
	}
}

// Press presses keys, with Config.Auto.
func (c *Call) Press(keys string) { c.enter(deed{keys: keys}) }

// HangUp hangs the caller's phone up, with Config.Auto.
func (c *Call) HangUp() { c.enter(deed{hangUp: true}) }

// Speak says something for so long, with Config.Auto; it is a voicemail after
// the tone and nothing elsewhere.
func (c *Call) Speak(length time.Duration) { c.enter(deed{speaks: length}) }

// Advise lets an advisor whose phone rings do something at once, whatever was
// said of them before, with Config.Auto: Ends "busy" declines, else the phone
// is picked up and Keys and Leaves say what happens then; After counts for
// nothing. An advisor who talks with the caller hangs up, whatever is asked.
func (c *Call) Advise(number string, does Advisor) { c.enter(deed{advisor: number, does: does}) }

// enter hands over what the person does; a person who does more than there is
// room for is not heard.
func (c *Call) enter(d deed) {
	select {
	case c.inputs <- d:
	default:
	}
}
