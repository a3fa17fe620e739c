package twilio

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"ringback/channels"
)

// createCall serves POST Calls.json: Twilio rings a phone for the account, and who
// answers hears the document at Url. What that person does is told by Advisor, as for
// every phone that is rung.
func (s *Simulator) createCall(w http.ResponseWriter, r *http.Request, account string) {
	form := r.PostForm
	from, to := form.Get("From"), form.Get("To")
	switch {
	case to == "":
		writeError(w, 21604, "")
		return
	case !validFrom(to):
		writeError(w, 21211, to)
		return
	case len(s.config.Numbers) > 0 && !slices.Contains(s.config.Numbers, from):
		writeError(w, 21212, from)
		return
	}
	for _, name := range []string{"Url", "StatusCallback"} {
		if u, err := url.Parse(form.Get(name)); err != nil || u.Host == "" {
			writeError(w, 20001, name)
			return
		}
	}
	rings, err := strconv.Atoi(form.Get("Timeout"))
	if err != nil || rings < 5 || rings > 600 {
		rings = 60
	}
	c := s.newCall(form.Get("Url"), from, to, []CallOption{
		ToCallAccount(account), WithCallStatus(form.Get("StatusCallback")), WithCallParams(url.Values{"Direction": {"outbound-api"}}),
		func(p *callPlan) { p.rings = time.Duration(rings) * time.Second },
	})
	c.ctx = s.life
	if s.auto.Load() {
		c.inputs, c.tells = make(chan deed, 64), make(chan CallCallback, 64)
		s.background(c.runLive)
	} else {
		s.mu.Lock()
		s.placed = append(s.placed, c)
		s.mu.Unlock()
	}
	write(w, http.StatusCreated, map[string]any{
		"sid": c.sid, "account_sid": account, "api_version": apiVersion, "direction": "outbound-api", "from": from, "to": to, "status": "queued",
		"uri": uri(account, "Calls", c.sid),
	})
}

// outgoing reports whether Twilio rings the phone, instead of it calling in.
func (p *callPlan) outgoing() bool { return p.rings > 0 }

// ringOut rings the phone of an outgoing call, and reports whether it was picked up.
func (c *Call) ringOut() bool {
	to := c.form.Get("To")
	does := c.sim.advisor(to)
	c.change(func(state *CallState) { state.Ringing = []string{to} })
	ends, rings := does.Ends, does.After
	if ends == "no-answer" || rings >= c.plan.rings {
		ends, rings = "no-answer", c.plan.rings
	}
	d := c.wait(moment{step: channels.StepRinging, doing: "dial", lasts: max(rings, time.Second), waits: ends == "no-answer"})
	if d.advisor == to {
		does = d.does
		ends = does.Ends
	}
	c.change(func(state *CallState) { state.Ringing = nil })
	if c.over || ends != "" {
		c.rejected = ends
		if ends == "" {
			c.rejected = "canceled"
		}
		return false
	}
	c.pick()
	if does.Keys != "" {
		c.plan.presses = []string{does.Keys}
	}
	return !does.Leaves
}
