package twilio

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/channels"
)

// dial rings phones, at once or one after the other, and connects the caller
// with the first who is to be connected.
func (c *Call) dial(verb *node) *ask {
	if !verb.yes("answerOnBridge") {
		c.pick()
	}
	c.dialed = true
	legs := c.legs(verb)
	winner := c.ring(legs, verb.yes("sequential"))
	for _, g := range legs {
		g.stop()
	}
	if winner != nil {
		c.talk(verb, winner)
	}
	c.change(func(state *CallState) { state.Ringing, state.With = nil, "" })
	action, ok := verb.attrs["action"]
	if !ok {
		return nil // and the document goes on
	}
	next := c.next(verb, action, dialed(legs, winner))
	if c.over && next != nil {
		c.tellLast(*next)
		return nil
	}
	return next
}

// legs are the phones that a Dial names.
func (c *Call) legs(verb *node) (legs []*leg) {
	numbers := verb.children
	if text := strings.TrimSpace(verb.text); text != "" {
		numbers = []*node{{text: text}}
	}
	for _, number := range numbers {
		legs = append(legs, c.newLeg(verb, number))
	}
	return legs
}

// ring lets the legs go on until one of them is to be connected, all have
// ended, or the caller has hung up.
func (c *Call) ring(legs []*leg, sequential bool) (winner *leg) {
	waiting, live := slices.Clone(legs), []*leg(nil)
	for winner == nil && !c.over {
		for len(waiting) > 0 && (!sequential || len(live) == 0) {
			waiting[0].at = c.now
			live, waiting = append(live, waiting[0]), waiting[1:]
		}
		if len(live) == 0 {
			return nil
		}
		g := slices.MinFunc(live, func(a, b *leg) int { return cmp.Compare(a.at, b.at) })
		c.showRinging(live)
		d := c.wait(moment{step: channels.StepRinging, doing: "dial", lasts: g.at - c.now, waits: g.unheard})
		if c.over {
			break
		}
		if d.advisor != "" {
			decide(live, d)
			continue
		}
		pause, goesOn := g.next()
		g.at = c.now + pause
		if !goesOn {
			live = slices.DeleteFunc(live, func(other *leg) bool { return other == g })
		}
		if g.accepted {
			winner = g
		}
		if g.accepted || g.picked && c.plan.pickUpWins {
			live = cutOthers(live, g)
			waiting = nil
		}
	}
	for _, g := range live {
		if g.sequence > 0 { // else it has not been rung at all
			g.cut("no-answer")
		}
	}
	return winner
}

// decide lets the advisor whose deed it is do it.
func decide(live []*leg, d deed) {
	for _, g := range live {
		if g.form.Get("To") == d.advisor {
			g.decide(d.does)
		}
	}
}

// cutOthers hangs up on all but one.
func cutOthers(live []*leg, winner *leg) []*leg {
	return slices.DeleteFunc(live, func(g *leg) bool {
		if g != winner {
			g.cut("canceled")
		}
		return g != winner
	})
}

func (c *Call) showRinging(live []*leg) {
	var ringing []string
	for _, g := range live {
		if !g.picked {
			ringing = append(ringing, g.form.Get("To"))
		}
	}
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	c.state.Ringing = ringing
}

// talk is the conversation, until either hangs up.
func (c *Call) talk(verb *node, g *leg) {
	c.pick()
	c.sim.mu.Lock()
	c.state.Ringing, c.state.With = nil, g.form.Get("To")
	c.sim.mu.Unlock()
	lasts := time.Duration(verb.number("timeLimit", 14400)) * time.Second
	if g.advisor.Talks > 0 {
		lasts = min(lasts, g.advisor.Talks)
	}
	c.wait(moment{step: channels.StepAnswered, doing: "talk", text: g.form.Get("To"), lasts: lasts, waits: true})
	g.end("completed")
}

// dialed is what a Dial's action is told. Of several who were not connected
// it is about the one who came closest, the last of those.
func dialed(legs []*leg, winner *leg) url.Values {
	g := winner
	if g == nil {
		closeness := []string{"initiated", "canceled", "failed", "busy", "no-answer", "completed"}
		for _, other := range legs {
			if g == nil || slices.Index(closeness, other.status) >= slices.Index(closeness, g.status) {
				g = other
			}
		}
	}
	form := url.Values{
		"DialCallStatus": {g.status}, "DialCallSid": {g.sid}, "DialBridged": {strconv.FormatBool(winner != nil)},
	}
	if g.status == "initiated" {
		form.Set("DialCallStatus", "no-answer") // the caller hung up before it rang
	}
	if g.picked {
		form.Set("DialCallDuration", strconv.Itoa(g.seconds()))
	} else if code := g.sip(); code != 0 && code != 487 {
		form.Set("DialSipResponseCode", strconv.Itoa(code))
	}
	return form
}
