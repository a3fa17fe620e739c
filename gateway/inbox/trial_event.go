package inbox

import (
	"context"
	"errors"
	"slices"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// TrialEvent is an event that did not happen.
type TrialEvent struct {
	Kind    string `json:"kind" enum:"message,call,ticket,request,done,closed" doc:"message, call: the customer writes or calls. ticket: they create one on the web or in an app. request: an advisor asks them for something. done, closed: an advisor is finished with their ticket, or closes it as resolved"`
	Text    string `json:"text,omitempty" maxLength:"10000" doc:"Of a message or a ticket" example:"Are you open on Saturday?"`
	Channel string `json:"channel,omitempty" enum:"sms,whatsapp,whatsapp_twilio,whatsapp_cloud,webchat" doc:"Of a message, and where somebody new is reached; left out: sms. Of a call: whatsapp for one by WhatsApp"`
	Outcome string `json:"outcome,omitempty" enum:"answered,voicemail,hung_up,missed,too_short" doc:"Of a call; left out: missed"`
	Step    string `json:"step,omitempty" enum:"greeting,menu,option_chosen,ringing,voicemail,voicemail_prompt" doc:"Of a call, instead of an outcome: where the caller hangs up"`

	Asks        string  `json:"asks,omitempty" enum:"photo_video,approval,payment,rating,resolved,voicehub" doc:"Of a request: what for; voicehub: the team's contact page is shared. It is about the customer's newest ticket, or one that they would have"`
	Message     string  `json:"message,omitempty" maxLength:"1000" doc:"Of a request: the advisor's own words"`
	Amount      *Amount `json:"amount,omitempty"`
	Currency    string  `json:"currency,omitempty" maxLength:"10" doc:"Of a payment"`
	Description string  `json:"description,omitempty" maxLength:"500" doc:"Of a request"`
}

var trialKinds = map[string][]channels.Kind{
	"": {channels.SMS}, "whatsapp": {channels.WhatsAppTwilio, channels.WhatsAppCloud},
}

// callKinds are the senders that calls come to, by where their replies go.
var callKinds = map[string]channels.Kind{"": channels.Voice, "whatsapp": channels.WhatsAppCloud, "whatsapp_cloud": channels.WhatsAppCloud}

// What each field of a trial's event goes with.
var trialFields = []struct {
	name  string
	kinds []string
	code  string
	given func(TrialEvent) bool
}{
	{"text", []string{"message", "ticket"}, "for_message_or_ticket", func(e TrialEvent) bool { return e.Text != "" }},
	{"channel", []string{"message", "ticket", "request", "done", "closed", "call"}, "for_message", func(e TrialEvent) bool { return e.Channel != "" }},
	{"outcome", []string{"call"}, "for_call", func(e TrialEvent) bool { return e.Outcome != "" }},
	{"step", []string{"call"}, "for_call", func(e TrialEvent) bool { return e.Step != "" }},
	{"asks", []string{"request"}, "for_request", func(e TrialEvent) bool { return e.Asks != "" }},
	{"message", []string{"request"}, "for_request", func(e TrialEvent) bool { return e.Message != "" }},
	{"amount", []string{"request"}, "for_request", func(e TrialEvent) bool { return e.Amount != nil }},
	{"currency", []string{"request"}, "for_request", func(e TrialEvent) bool { return e.Currency != "" }},
	{"description", []string{"request"}, "for_request", func(e TrialEvent) bool { return e.Description != "" }},
}

// check names what does not fit the event's kind.
func (e TrialEvent) check() error {
	var wrong settings.Invalid
	for _, f := range trialFields {
		wrong.Add(f.given(e) && !slices.Contains(f.kinds, e.Kind), "event."+f.name, f.code)
	}
	wrong.Add(e.Kind == "request" && e.Asks == "", "event.asks", "missing")
	wrong.Add(e.Outcome != "" && e.Step != "", "event.step", "beside_outcome")
	if _, carried := callKinds[e.Channel]; e.Kind == "call" {
		wrong.Add(!carried, "event.channel", "not_one_of", "List", []string{"whatsapp", "whatsapp_cloud"})
	}
	return wrong.Err()
}

// into says what the event is, and names what does not fit its kind.
func (e TrialEvent) into(t *gateway.Trial) error {
	if err := e.check(); err != nil {
		return err
	}
	t.Kinds = trialKinds[e.Channel]
	if t.Kinds == nil {
		t.Kinds = []channels.Kind{channels.Kind(e.Channel)}
	}
	switch e.Kind {
	case "message", "ticket":
		t.Message, t.Creates = &channels.Message{Text: e.Text}, e.Kind == "ticket"
	case "done", "closed":
		t.Ask = &gateway.TrialAsk{Status: map[string]string{"done": tickets.StatusDone, "closed": tickets.StatusClosed}[e.Kind]}
	case "call":
		t.Kinds = []channels.Kind{callKinds[e.Channel]}
		t.Call = &gateway.TrialCall{Outcome: e.Outcome, Step: channels.Step(e.Step)}
		switch {
		case e.Step == "" && e.Outcome == "":
			t.Call.Outcome = "missed"
		case e.Step == "voicemail":
			t.Call.Step = channels.StepVoicemailPrompt
		}
	}
	return nil
}

// asks reads what an advisor asks for, as their own route does.
func (d Desk) asks(ctx context.Context, who staff.Principal, e TrialEvent, t *gateway.Trial) error {
	if t.Ask != nil {
		t.Ask.Staff = who.StaffID
	}
	if e.Kind != "request" {
		return nil
	}
	t.Ask = &gateway.TrialAsk{Staff: who.StaffID}
	if t.Ask.Request.Kind = e.Asks; e.Asks == rules.AskVoiceHub {
		return nil
	}
	if err := d.takes(e.Asks); err != nil {
		return err
	}
	team, err := settings.Load(ctx, d.DB, who.CompanyID, t.TeamID)
	if err != nil {
		return err
	}
	t.Ask.Request, err = Wanted{Kind: e.Asks, Message: e.Message, Amount: e.Amount, Currency: e.Currency, Description: e.Description}.read(team)
	var wrong settings.Invalid
	if errors.As(err, &wrong) {
		for n := range wrong {
			wrong[n].Field = "event." + wrong[n].Field
		}
	}
	return err
}
