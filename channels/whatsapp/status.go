package whatsapp

import (
	"ringback/channels"
	"ringback/channels/fit"
)

// states are Meta's words. A voice message that was played was read. A word
// not listed here has no state.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
var states = map[word]channels.State{
	"sent":      channels.Sent,
	"delivered": channels.Delivered,
	"read":      channels.Read,
	"played":    channels.Read,
	"failed":    channels.Failed,
}

// status is what became of one of our messages, in Meta's words.
type status struct {
	ID            word      `json:"id"`
	Status        word      `json:"status"`
	Timestamp     word      `json:"timestamp"`
	Recipient     word      `json:"recipient_id"`
	RecipientUser word      `json:"recipient_user_id"`
	Ours          word      `json:"biz_opaque_callback_data"`
	Errors        []failure `json:"errors"`
	Pricing       struct {
		Billable *bool `json:"billable"`
		Model    word  `json:"pricing_model"`
		Category word  `json:"category"`
		Type     word  `json:"type"`
	} `json:"pricing"`
}

// failure is an error as it stands in webhooks; answers of the API write it a
// little differently.
type failure struct {
	Code    word `json:"code"`
	Subcode word `json:"error_subcode"` // of answers
	Title   word `json:"title"`
	Message word `json:"message"`
	Data    struct {
		Details word `json:"details"`
	} `json:"error_data"`
}

func (f failure) words() string { return string(first(f.Data.Details, f.Message, f.Title)) }

// status reads one status. Each word about a message is an event of its own,
// and a repeated word the same event.
func (c change) status(raw []byte) channels.Event {
	var s status
	if lenient(raw, &s) != nil || !named(s.ID) || !named(s.Status) {
		return c.noted(raw)
	}
	e := c.event(channels.DeliveryMoved, string(s.ID+"/"+s.Status), raw)
	e.CustomerAddress, e.Also = addresses(s.Recipient, s.RecipientUser)
	e.At = instant(s.Timestamp)
	e.Status = &channels.Status{
		Delivery: fit.Text(string(s.Ours), maxID), ProviderID: string(s.ID), State: states[s.Status], Word: string(s.Status),
		Facts: s.facts(),
	}
	if len(s.Errors) > 0 {
		explain(e.Status, s.Errors[0])
	}
	return e
}

// explain says why a message failed.
func explain(s *channels.Status, f failure) {
	code := fit.Line(string(f.Code), 16)
	if code == "" {
		return
	}
	known := Explain(code)
	s.Code, s.Reason, s.Again, s.Detail = code, known.Reason, known.Again(), fit.Line(f.words(), maxFact)
	if s.Detail == "" {
		s.Detail = known.Means
	}
}

// facts are what the message costs, by Meta's names.
func (s status) facts() map[string]string {
	facts := map[string]string{}
	for name, value := range map[string]word{
		"pricing.pricing_model": s.Pricing.Model, "pricing.category": s.Pricing.Category, "pricing.type": s.Pricing.Type,
	} {
		if fits := fit.Line(string(value), maxPlain); fits != "" {
			facts[name] = fits
		}
	}
	if s.Pricing.Billable != nil {
		facts["pricing.billable"] = map[bool]string{true: "true", false: "false"}[*s.Pricing.Billable]
	}
	if len(facts) == 0 {
		return nil
	}
	return facts
}
