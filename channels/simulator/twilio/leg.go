package twilio

import (
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/channels"
)

// leg is one advisor's phone in a Dial. Its course is written down as it
// happens, in live, and yields whenever time passes; dial lets the legs go on
// in the order of their times.
type leg struct {
	*line
	number  *node
	advisor Advisor
	timeout time.Duration
	decided bool // the person at the phone did something
	unheard bool // it rings, and nobody is going to pick up

	next func() (time.Duration, bool) // on to the next pause, and how long that is
	stop func()
	at   time.Duration // when the pause is over

	sequence int
	picked   bool
	answered time.Duration // when it was picked up
	accepted bool          // to be connected
	ended    bool
}

// newLeg prepares to ring a phone.
func (c *Call) newLeg(dial, number *node) *leg {
	to := strings.TrimSpace(number.text)
	sid := newSID("CA")
	form := callForm(c.plan.account, sid, dial.attr("callerId", c.form.Get("From")), to, "outbound-dial")
	form.Set("ParentCallSid", c.sid)
	g := &leg{
		line:   &line{call: c, sid: sid, form: form, status: "initiated", url: c.url},
		number: number, advisor: c.sim.advisor(to), at: c.now,
		timeout: time.Duration(dial.number("timeout", 30)) * time.Second,
	}
	if door := number.attrs["url"]; door != "" {
		g.voice = c.resolve(door)
	}
	g.next, g.stop = iter.Pull(g.live)
	return g
}

// live is the leg's course until it is accepted or has ended. It stands still
// in yield, which reports false when the leg is hung up on.
func (g *leg) live(yield func(time.Duration) bool) {
	const setup = time.Second // until it rings
	g.pass = func(m moment) deed { return g.hear(m, yield) }
	g.tell("initiated", "initiated")
	if g.advisor.Ends == "failed" {
		if yield(g.advisor.After) {
			g.end("failed")
		}
		return
	}
	if !yield(setup) {
		return
	}
	g.tell("ringing", "ringing")
	rings, ends := g.rings()
	g.unheard = ends == "no-answer"
	if !yield(rings) {
		return
	}
	g.unheard = false
	if g.decided {
		_, ends = g.rings()
	}
	if ends != "" {
		g.end(ends)
		return
	}
	g.picked, g.answered = true, g.call.now
	g.tell("answered", "in-progress")
	if g.voice != "" {
		g.follow(ask{url: g.voice})
	}
	if g.over {
		g.end("completed")
	}
	g.accepted = !g.over
}

// rings is how long the phone rings and how that ends; empty: it is picked up.
func (g *leg) rings() (time.Duration, string) {
	switch a := g.advisor; {
	case g.decided:
		return 0, a.Ends
	case a.Ends == "no-answer", a.After >= g.timeout:
		return g.timeout, "no-answer"
	default:
		return a.After, a.Ends
	}
}

// decide lets a phone that rings do at once what its person wants.
func (g *leg) decide(does Advisor) {
	if !g.picked {
		g.advisor, g.decided, g.at = does, true, g.call.now
	}
}

// hear is what the advisor does while a whisper plays.
func (g *leg) hear(m moment, yield func(time.Duration) bool) deed {
	if m.text != "" {
		g.call.heard(CallMoment{Step: channels.StepRinging, Doing: "whisper", Text: m.text, Phones: []string{g.form.Get("To")}})
	}
	switch d := (deed{after: m.lasts}); {
	case g.advisor.Leaves:
		return deed{hangUp: true}
	case m.doing == "gather" && !m.typed && g.advisor.Keys != "":
		d = deed{after: min(time.Second, m.lasts), keys: g.advisor.Keys}
		d.hangUp = !yield(d.after)
		return d
	default:
		d.hangUp = !yield(m.lasts)
		return d
	}
}

// cut hangs up on a leg that has not ended; one that was answered has
// completed all the same.
func (g *leg) cut(status string) {
	g.stop()
	if g.picked {
		status = "completed"
	}
	g.end(status)
}

// end is the leg's last state. A second end is none.
func (g *leg) end(status string) {
	if !g.ended {
		g.ended, g.over = true, true
		g.tell("completed", status)
	}
}

// seconds is how long the leg has been, or was, answered.
func (g *leg) seconds() int {
	if !g.picked {
		return 0
	}
	return whole(g.call.now - g.answered)
}

// sip is the code with which a leg ended.
func (g *leg) sip() int {
	return map[string]int{"completed": 200, "failed": 404, "busy": 486, "no-answer": 487, "canceled": 487}[g.status]
}

// tell moves the leg to a state and tells of the event, if that was asked for.
func (g *leg) tell(event, status string) {
	g.status = status
	sequence := g.sequence
	g.sequence++
	door := g.number.attrs["statusCallback"]
	wanted := strings.Fields(g.number.attr("statusCallbackEvent", "completed"))
	if door == "" || !slices.Contains(wanted, event) {
		return
	}
	more := url.Values{}
	if event == "completed" {
		more.Set("SipResponseCode", strconv.Itoa(g.sip()))
		addDuration(more, g.seconds())
	}
	g.call.later(CallCallback{
		Kind: ToldLeg, URL: g.call.resolve(door), At: g.call.at(),
		Params: g.call.progress(g.form, status, sequence, more),
	})
}
