package console

import (
	"strings"
	"time"

	"ringback/gateway/inbox"
	"ringback/gateway/rules"
)

// trial is what the form asks: what would happen, and why?
type trial struct {
	Kind, Text, Channel, Outcome, Contact, At string
	Asks, Message, Amount, Currency           string // of a request

	Asked    bool
	Faults   map[string]string
	Fault    string
	Decision inbox.TriedDecision
	Answer   string // the text as the customer would get it
	Encoding string
	Segments int
}

// Kinds are what can happen: what customers do, then what advisors do.
func (trial) Kinds() []string {
	return []string{"message", "call", "ticket", "request", "done", "closed"}
}

// Wishes are what an advisor can ask for.
func (trial) Wishes() []string { return append(ticketPage{}.Kinds(), "voicehub") }

// Outcomes are how a call can end.
func (trial) Outcomes() []string {
	return []string{"missed", "hung_up", "voicemail", "answered", "too_short"}
}

// Channels are where a message can come from.
func (trial) Channels() []string {
	return []string{"sms", "whatsapp_cloud", "whatsapp_twilio", "webchat"}
}

const localMinute = "2006-01-02T15:04"

// try asks the gateway what it would do, and changes nothing.
func (v *View) try() error {
	page := trial{
		Kind: v.Query("kind"), Text: v.Query("text"), Channel: v.Query("channel"), Outcome: v.Query("outcome"),
		Contact: v.Query("contact"), At: v.Query("at"),
		Asks: v.Query("asks"), Message: v.Query("message"), Amount: v.Query("amount"), Currency: v.Query("currency"),
	}
	if page.Kind == "" {
		page.Kind, page.Text, page.At = "message", v.T("try.example"), v.Now().Format(localMinute)
		return v.Show("try.html", page)
	}
	page.Asked = true
	event, ok := page.event(v)
	if !ok {
		page.Faults = map[string]string{"at": v.T("try.no_time")}
		return v.ShowFault("try.html", page)
	}
	answer, err := v.console.Inbox.Try(v.ctx(), v.Who, v.Team.ID, event)
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	if refused {
		page.Fault = said
		page.Faults, _ = v.Faults(err)
		return v.ShowFault("try.html", page)
	}
	page.Decision, page.Answer = answer.Decision, answer.Text
	page.Encoding, page.Segments = answer.Encoding, answer.Segments
	return v.Show("try.html", page)
}

// event is what the form asks about; false when the time is none.
func (t trial) event(v *View) (inbox.Trial, bool) {
	asked := inbox.Trial{Event: inbox.TrialEvent{Kind: t.Kind}}
	switch e := &asked.Event; t.Kind {
	case "message", "ticket":
		e.Text, e.Channel = t.Text, t.Channel
	case "call":
		e.Outcome = t.Outcome
	case "request":
		if e.Asks, e.Message = t.Asks, t.Message; t.Asks == rules.AskPayment {
			e.Amount, e.Currency = inbox.Typed(t.Amount), strings.ToUpper(t.Currency)
		}
	}
	if t.Contact != "" {
		asked.Contact = &t.Contact
	}
	if t.At != "" {
		at, err := time.ParseInLocation(localMinute, t.At, v.Now().Location())
		if err != nil {
			return asked, false
		}
		asked.At = &at
	}
	return asked, true
}
