package api

import (
	"context"
	"errors"
	"slices"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
)

// What each field of a trial's event goes with.
var trialFields = []struct {
	name  string
	kinds []string
	code  string
	given func(trialEvent) bool
}{
	{"text", []string{"message", "ticket"}, "for_message_or_ticket", func(e trialEvent) bool { return e.Text != "" }},
	{"channel", []string{"message", "ticket", "request", "done", "closed"}, "for_message", func(e trialEvent) bool { return e.Channel != "" }},
	{"outcome", []string{"call"}, "for_call", func(e trialEvent) bool { return e.Outcome != "" }},
	{"step", []string{"call"}, "for_call", func(e trialEvent) bool { return e.Step != "" }},
	{"asks", []string{"request"}, "for_request", func(e trialEvent) bool { return e.Asks != "" }},
	{"message", []string{"request"}, "for_request", func(e trialEvent) bool { return e.Message != "" }},
	{"amount", []string{"request"}, "for_request", func(e trialEvent) bool { return e.Amount != nil }},
	{"currency", []string{"request"}, "for_request", func(e trialEvent) bool { return e.Currency != "" }},
	{"description", []string{"request"}, "for_request", func(e trialEvent) bool { return e.Description != "" }},
}

// check names what does not fit the event's kind.
func (e trialEvent) check() error {
	var wrong settings.Invalid
	for _, f := range trialFields {
		wrong.Add(f.given(e) && !slices.Contains(f.kinds, e.Kind), "event."+f.name, f.code)
	}
	wrong.Add(e.Kind == "request" && e.Asks == "", "event.asks", "missing")
	wrong.Add(e.Outcome != "" && e.Step != "", "event.step", "beside_outcome")
	return wrong.Err()
}

// into says what the event is, and names what does not fit its kind.
func (e trialEvent) into(t *gateway.Trial) error {
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
		t.Kinds = []channels.Kind{channels.Voice}
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
func (r routes) asks(ctx context.Context, e trialEvent, t *gateway.Trial) error {
	p := caller(ctx)
	if t.Ask != nil {
		t.Ask.Staff = p.StaffID
	}
	if e.Kind != "request" {
		return nil
	}
	t.Ask = &gateway.TrialAsk{Staff: p.StaffID}
	if t.Ask.Request.Kind = e.Asks; e.Asks == rules.AskVoiceHub {
		return nil
	}
	if err := r.takes(e.Asks); err != nil {
		return err
	}
	team, err := settings.Load(ctx, r.DB, p.CompanyID, t.TeamID)
	if err != nil {
		return err
	}
	t.Ask.Request, err = wanted{Kind: e.Asks, Message: e.Message, Amount: e.Amount, Currency: e.Currency, Description: e.Description}.read(team)
	var wrong settings.Invalid
	if errors.As(err, &wrong) {
		for n := range wrong {
			wrong[n].Field = "event." + wrong[n].Field
		}
	}
	return err
}
