package load

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// weights are of how many things out of a hundred each is.
var weights = []struct {
	percent int
	needs   func(*customer) bool // who it can happen to; nil: somebody new
	act     func(*Load, context.Context, *customer)
}{
	{38, nil, (*Load).writes},
	{24, anybody, (*Load).writes},
	{8, func(c *customer) bool { return len(c.texts) > 0 }, (*Load).repeats},
	{14, func(c *customer) bool { return len(c.texts) > 0 && !c.stopped }, (*Load).isAnswered},
	{6, anybody, (*Load).calls},
	{6, func(c *customer) bool { return len(c.texts) > 0 && !c.stopped }, (*Load).stops},
	{4, func(c *customer) bool { return c.stopped }, (*Load).starts},
}

func anybody(*customer) bool { return true }

// looks is how many customers are asked whether they would do before somebody new comes.
const looks = 40

// choose is what happens next, and to whom. They do one thing at a time: what
// someone tells next, they tell when the one before was acknowledged.
func (l *Load) choose() func(context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.luck.IntN(100)
	for _, w := range weights {
		if n -= w.percent; n >= 0 {
			continue
		}
		c := l.somebody(w.needs)
		if c == nil {
			break
		}
		return l.does(c, w.act)
	}
	return l.does(l.newcomer(), (*Load).writes)
}

func (l *Load) does(c *customer, act func(*Load, context.Context, *customer)) func(context.Context) {
	c.busy = true
	return func(ctx context.Context) {
		act(l, ctx, c)
		l.mu.Lock()
		c.busy = false
		l.mu.Unlock()
	}
}

func (l *Load) somebody(fits func(*customer) bool) *customer {
	if fits == nil {
		return l.newcomer()
	}
	for range min(looks, len(l.customers)) {
		if c := l.customers[l.luck.IntN(len(l.customers))]; !c.busy && fits(c) {
			return c
		}
	}
	return nil
}

func (l *Load) newcomer() *customer {
	c := &customer{number: number(l.Seed, len(l.customers))}
	if len(l.Teams) > 1 && len(l.customers)%10 == 9 {
		c.team = 1 + len(l.customers)/10%(len(l.Teams)-1)
	}
	l.customers = append(l.customers, c)
	return c
}

// The gateway's doors.
const (
	messages = "/webhooks/twilio/messages"
	voice    = "/webhooks/twilio/voice"
	ended    = "/webhooks/twilio/calls"
)

func (l *Load) writes(ctx context.Context, c *customer) {
	text := fmt.Sprintf("Is it ready? %d", c.written)
	if l.length.Load() {
		text += strings.Repeat(" I really have to know.", 2000)
	}
	l.says(ctx, c, Text, text)
}

func (l *Load) says(ctx context.Context, c *customer, kind Kind, text string) {
	c.written++
	sid := l.id("SM")
	if l.tell(ctx, c, Told{Kind: kind, SID: sid, Text: text}, messages, l.form(c, url.Values{"MessageSid": {sid}, "Body": {text}})) {
		c.texts = append(c.texts, said{sid, text})
	}
}

// repeats tells something once more that was acknowledged, as if it had not been.
func (l *Load) repeats(ctx context.Context, c *customer) {
	last := c.texts[len(c.texts)-1]
	l.tell(ctx, c, Told{Kind: Repeat, SID: last.sid}, messages, l.form(c, url.Values{"MessageSid": {last.sid}, "Body": {last.text}}))
}

// stops has somebody say STOP, half of them while an answer is on its way to them.
func (l *Load) stops(ctx context.Context, c *customer) {
	if len(c.texts)%2 == 0 {
		l.isAnswered(ctx, c)
	}
	c.stopped = true
	l.says(ctx, c, Stop, "STOP")
}

func (l *Load) starts(ctx context.Context, c *customer) {
	l.says(ctx, c, Start, "START")
	c.stopped = false
}

// calls has somebody call and hang up; both are told.
func (l *Load) calls(ctx context.Context, c *customer) {
	sid := l.id("CA")
	form := l.form(c, url.Values{"CallSid": {sid}, "CallStatus": {"ringing"}, "Direction": {"inbound"}})
	if !l.tell(ctx, c, Told{Kind: Call, SID: sid}, voice, form) {
		return
	}
	form.Set("CallStatus", "completed")
	form.Set("CallDuration", "4")
	form.Set("Timestamp", time.Now().UTC().Format(time.RFC1123Z))
	l.tell(ctx, c, Told{Kind: Ended, SID: sid}, ended, form)
}

func (l *Load) form(c *customer, more url.Values) url.Values {
	more.Set("AccountSid", l.Account)
	more.Set("From", c.number)
	more.Set("To", l.Teams[c.team].Number)
	return more
}

const newestTicket = `
select t.id from tickets t join addresses a using (company_id, contact_id)
where a.address = $1 and t.team_id = $2 order by t.number desc limit 1`

// isAnswered has an advisor write to somebody, over the API.
func (l *Load) isAnswered(ctx context.Context, c *customer) {
	soon, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var ticket string
	team := l.Teams[c.team].ID
	if err := l.DB.GetContext(soon, &ticket, newestTicket, c.number, team); err != nil {
		l.count(func(s *Second) { s.Begun-- })
		return // nothing is known of them yet, or the database is away
	}
	key := l.id("reply-")
	t := Told{Kind: Reply, SID: key, Text: "It is ready: " + key}
	l.until(ctx, c, t, func(ctx context.Context) (int, string, string, error) {
		return l.call(ctx, http.MethodPost, "/teams/"+team+"/tickets/"+ticket+"/messages", map[string]string{"text": t.Text}, nil, "Idempotency-Key", key)
	})
}
