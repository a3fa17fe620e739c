package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/gateway"
	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

func (r routes) dryRuns(api huma.API) {
	huma.Register(api, rest.Op("dry-run", http.MethodPost, "/teams/{team}/dry-run", http.StatusOK,
		"What would happen, and why, if a customer wrote or called at that time? Nothing is changed or sent"), r.dryRun)
}

type dryRunBody struct {
	Team string `path:"team"`
	Body struct {
		Event   trialEvent `json:"event"`
		Contact *string    `json:"contact,omitempty" maxLength:"200" doc:"Id or address of the customer; left out: somebody new"`
		At      *time.Time `json:"at,omitempty" doc:"When it happens; left out: now"`
	}
}

type trialEvent struct {
	Kind    string `json:"kind" enum:"message,call"`
	Text    string `json:"text,omitempty" maxLength:"10000" doc:"Of a message" example:"Are you open on Saturday?"`
	Channel string `json:"channel,omitempty" enum:"sms,whatsapp,whatsapp_twilio,whatsapp_cloud,webchat" doc:"Of a message; left out: sms"`
	Outcome string `json:"outcome,omitempty" enum:"answered,voicemail,hung_up,missed,too_short" doc:"Of a call; left out: missed"`
	Step    string `json:"step,omitempty" enum:"greeting,menu,option_chosen,ringing,voicemail,voicemail_prompt" doc:"Of a call, instead of an outcome: where the caller hangs up"`
}

// tried is what would happen.
type tried struct {
	Decision triedDecision `json:"decision"`
	Text     string        `json:"text" doc:"As the customer would get it; of a reply that is held back, as it goes out then"`
	Channel  *string       `json:"channel" doc:"Kind of the sender that it goes out from; null: nothing goes out"`
	Encoding string        `json:"encoding,omitempty" doc:"As an SMS: GSM-7 or UCS-2"`
	Segments int           `json:"segments,omitempty" doc:"As an SMS: how many are billed"`
}

type triedDecision struct {
	Automation *string         `json:"automation"`
	Outcome    string          `json:"outcome" enum:"sent,skipped,deferred"`
	Reason     string          `json:"reason"`
	Facts      json.RawMessage `json:"facts"`
	Contact    *string         `json:"contact" doc:"null: it would be a new one"`
	Ticket     *string         `json:"ticket" doc:"The ticket that it would stand on; null: a new one, or none"`
	At         time.Time       `json:"at"`
}

// Far enough for every plan, and near enough for every calendar.
var firstTrial, lastTrial = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

var trialKinds = map[string][]channels.Kind{
	"": {channels.SMS}, "whatsapp": {channels.WhatsAppTwilio, channels.WhatsAppCloud},
}

func (r routes) dryRun(ctx context.Context, in *dryRunBody) (*rest.Answer[tried], error) {
	trial := gateway.Trial{CompanyID: staff.From(ctx).CompanyID, TeamID: in.Team, At: r.Clock.Now(), Contact: text(in.Body.Contact)}
	if at := in.Body.At; at != nil {
		if at.Before(firstTrial) || at.After(lastTrial) {
			return nil, settings.Invalid{{Field: "at", Detail: "must lie between the years 2000 and 2100"}}
		}
		trial.At = at.UTC()
	}
	if err := in.Body.Event.into(&trial); err != nil {
		return nil, err
	}
	t, err := r.Try(ctx, r.DB, trial)
	if err != nil {
		return nil, err
	}
	answer := tried{Text: t.Text, Channel: (*string)(t.Channel), Decision: triedDecision{
		Automation: t.Automation, Outcome: t.Outcome, Reason: t.Reason, Facts: t.Facts, Contact: t.Contact, Ticket: t.Ticket, At: trial.At,
	}}
	if t.Channel != nil && *t.Channel == channels.SMS {
		cost := gsm7.Count(t.Text)
		answer.Encoding, answer.Segments = string(cost.Encoding), cost.Segments
	}
	return rest.Answered(answer, nil)
}

// into says what the event is, and names what does not fit its kind.
func (e trialEvent) into(t *gateway.Trial) error {
	var wrong settings.Invalid
	not := func(field, value, detail string) {
		if value != "" {
			wrong = append(wrong, settings.Fault{Field: "event." + field, Detail: detail})
		}
	}
	if e.Kind == "message" {
		not("outcome", e.Outcome, "is for a call")
		not("step", e.Step, "is for a call")
		t.Message = &channels.Message{Text: e.Text}
		t.Kinds = trialKinds[e.Channel]
		if t.Kinds == nil {
			t.Kinds = []channels.Kind{channels.Kind(e.Channel)}
		}
	} else {
		not("text", e.Text, "is for a message")
		not("channel", e.Channel, "is for a message")
		if e.Outcome != "" {
			not("step", e.Step, "cannot stand beside outcome: the step makes the outcome")
		}
		t.Kinds = []channels.Kind{channels.Voice}
		t.Call = &gateway.TrialCall{Outcome: e.Outcome, Step: channels.Step(e.Step)}
		switch e.Step {
		case "":
			if e.Outcome == "" {
				t.Call.Outcome = "missed"
			}
		case "voicemail":
			t.Call.Step = channels.StepVoicemailPrompt
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}
