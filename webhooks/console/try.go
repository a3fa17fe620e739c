package console

import (
	"net/http"
	"strings"
	"time"
)

// trial is what the form asks: what would happen, and why?
type trial struct {
	Kind, Text, Channel, Outcome, Contact, At string
	Asks, Message, Amount, Currency           string // of a request

	Asked    bool
	Faults   map[string]string
	Fault    string
	Decision decision
	Answer   string // the text as the customer would get it
	Sender   *string
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
	body, ok := page.body(v)
	if !ok {
		page.Faults = map[string]string{"at": v.T("try.no_time")}
		return v.ShowFault("try.html", page)
	}
	var answer struct {
		Decision decision
		Text     string
		Channel  *string
		Encoding string
		Segments int
	}
	err := v.Send(http.MethodPost, v.In("/dry-run"), body, &answer)
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	if refused {
		page.Fault = said
		page.Faults, _ = v.Faults(err)
		return v.ShowFault("try.html", page)
	}
	page.Decision, page.Answer, page.Sender = answer.Decision, answer.Text, answer.Channel
	page.Encoding, page.Segments = answer.Encoding, answer.Segments
	return v.Show("try.html", page)
}

// body is the question as the API takes it; false when the time is none.
func (t trial) body(v *View) (map[string]any, bool) {
	event := map[string]any{"kind": t.Kind}
	put := func(name, value string) {
		if value != "" {
			event[name] = value
		}
	}
	switch t.Kind {
	case "message", "ticket":
		event["text"] = t.Text
		put("channel", t.Channel)
	case "call":
		put("outcome", t.Outcome)
	case "request":
		put("asks", t.Asks)
		put("message", t.Message)
		if t.Asks == "payment" {
			put("amount", strings.Replace(t.Amount, ",", ".", 1))
			put("currency", strings.ToUpper(t.Currency))
		}
	}
	body := map[string]any{"event": event}
	if t.Contact != "" {
		body["contact"] = t.Contact
	}
	if t.At != "" {
		at, err := time.ParseInLocation(localMinute, t.At, v.Now().Location())
		if err != nil {
			return nil, false
		}
		body["at"] = at.UTC()
	}
	return body, true
}
