package inbox

import (
	"context"
	"encoding/json"
	"time"

	"ringback/channels"
	"ringback/channels/gsm7"
	"ringback/gateway"
	"ringback/settings"
	"ringback/settings/staff"
)

// Trial asks what would happen, and why, if a customer wrote or called at that time.
type Trial struct {
	Event   TrialEvent `json:"event"`
	Contact *string    `json:"contact,omitempty" maxLength:"200" doc:"Id or address of the customer; left out: somebody new"`
	At      *time.Time `json:"at,omitempty" doc:"When it happens; left out: now"`
}

// Tried is what would happen.
type Tried struct {
	Decision TriedDecision `json:"decision"`
	Text     string        `json:"text" doc:"As the customer would get it; of a reply that is held back, as it goes out then"`
	Channel  *string       `json:"channel" doc:"Kind of the sender that it goes out from; null: nothing goes out"`
	Encoding string        `json:"encoding,omitempty" doc:"As an SMS: GSM-7 or UCS-2"`
	Segments int           `json:"segments,omitempty" doc:"As an SMS: how many are billed"`
}

// TriedDecision is what would be decided.
type TriedDecision struct {
	Automation *string         `json:"automation"`
	Outcome    string          `json:"outcome" enum:"sent,skipped,deferred"`
	Reason     string          `json:"reason"`
	Facts      json.RawMessage `json:"facts"`
	Contact    *string         `json:"contact" doc:"null: it would be a new one"`
	Ticket     *string         `json:"ticket" doc:"The ticket that it would stand on; null: a new one, or none"`
	At         time.Time       `json:"at"`
}

// Try says what would come of the event. Nothing is changed or sent.
func (d Desk) Try(ctx context.Context, who staff.Principal, team string, t Trial) (Tried, error) {
	if err := shaped(t); err != nil {
		return Tried{}, err
	}
	trial := gateway.Trial{CompanyID: who.CompanyID, TeamID: team, At: d.Clock.Now(), Contact: orEmpty(t.Contact)}
	if t.At != nil {
		if !plausible(*t.At) {
			return Tried{}, settings.Refuse("at", "year", "From", 2000, "To", 2100)
		}
		trial.At = t.At.UTC()
	}
	if err := t.Event.into(&trial); err != nil {
		return Tried{}, err
	}
	if err := d.asks(ctx, who, t.Event, &trial); err != nil {
		return Tried{}, err
	}
	return d.try(ctx, trial)
}

func (d Desk) try(ctx context.Context, trial gateway.Trial) (Tried, error) {
	found, err := d.Gateway.Try(ctx, d.DB, trial)
	if err != nil {
		return Tried{}, err
	}
	answer := Tried{Text: found.Text, Channel: (*string)(found.Channel), Decision: TriedDecision{
		Automation: found.Automation, Outcome: found.Outcome, Reason: found.Reason, Facts: found.Facts,
		Contact: found.Contact, Ticket: found.Ticket, At: trial.At,
	}}
	if found.Channel != nil && *found.Channel == channels.SMS {
		cost := gsm7.Count(found.Text)
		answer.Encoding, answer.Segments = string(cost.Encoding), cost.Segments
	}
	return answer, nil
}

// Far enough for every plan, and near enough for every calendar.
var firstTrial, lastTrial = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// plausible reports whether something can be told to happen then.
func plausible(at time.Time) bool { return !at.Before(firstTrial) && !at.After(lastTrial) }

func orEmpty(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}
