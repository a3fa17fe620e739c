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
)

func (r routes) dryRuns(api huma.API) {
	huma.Register(api, Op("dry-run", http.MethodPost, "/teams/{team}/dry-run", http.StatusOK,
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
	Kind    string `json:"kind" enum:"message,call,ticket,request,done,closed" doc:"message, call: the customer writes or calls. ticket: they create one on the web or in an app. request: an advisor asks them for something. done, closed: an advisor is finished with their ticket, or closes it as resolved"`
	Text    string `json:"text,omitempty" maxLength:"10000" doc:"Of a message or a ticket" example:"Are you open on Saturday?"`
	Channel string `json:"channel,omitempty" enum:"sms,whatsapp,whatsapp_twilio,whatsapp_cloud,webchat" doc:"Of a message, and where somebody new is reached; left out: sms"`
	Outcome string `json:"outcome,omitempty" enum:"answered,voicemail,hung_up,missed,too_short" doc:"Of a call; left out: missed"`
	Step    string `json:"step,omitempty" enum:"greeting,menu,option_chosen,ringing,voicemail,voicemail_prompt" doc:"Of a call, instead of an outcome: where the caller hangs up"`

	Asks        string  `json:"asks,omitempty" enum:"photo_video,approval,payment,rating,resolved,voicehub" doc:"Of a request: what for; voicehub: the team's contact page is shared. It is about the customer's newest ticket, or one that they would have"`
	Message     string  `json:"message,omitempty" maxLength:"1000" doc:"Of a request: the advisor's own words"`
	Amount      *amount `json:"amount,omitempty"`
	Currency    string  `json:"currency,omitempty" maxLength:"10" doc:"Of a payment"`
	Description string  `json:"description,omitempty" maxLength:"500" doc:"Of a request"`
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

func (r routes) dryRun(ctx context.Context, in *dryRunBody) (*Answer[tried], error) {
	trial := gateway.Trial{CompanyID: caller(ctx).CompanyID, TeamID: in.Team, At: r.Clock.Now(), Contact: orEmpty(in.Body.Contact)}
	if at := in.Body.At; at != nil {
		if at.Before(firstTrial) || at.After(lastTrial) {
			return nil, settings.Refuse("at", "year", "From", 2000, "To", 2100)
		}
		trial.At = at.UTC()
	}
	if err := in.Body.Event.into(&trial); err != nil {
		return nil, err
	}
	if err := r.asks(ctx, in.Body.Event, &trial); err != nil {
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
	return Answered(answer, nil)
}
