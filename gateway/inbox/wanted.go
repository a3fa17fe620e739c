package inbox

import (
	"cmp"
	"encoding/json"
	"strings"

	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/settings"
)

// Wanted is what an advisor asks the customer for.
type Wanted struct {
	Kind        string   `json:"kind" enum:"photo_video,approval,payment,rating,resolved"`
	Message     string   `json:"message,omitempty" maxLength:"1000" doc:"Replaces the automation's message in this text, and stands on the page; the link is appended"`
	Attachments []string `json:"attachments,omitempty" maxItems:"10" doc:"Ids of files that were uploaded to the team; they stand on the page"`
	Amount      *Amount  `json:"amount,omitempty"`
	Currency    string   `json:"currency,omitempty" maxLength:"10" doc:"ISO 4217, such as USD; left out, it is the team's"`
	Description string   `json:"description,omitempty" maxLength:"500" doc:"What the payment or approval is for, on the page"`
}

// read checks what is wanted, all of it at once.
func (w Wanted) read(team *settings.Snapshot) (requests.Request, error) {
	var wrong settings.Invalid
	request := requests.Request{Kind: w.Kind, Message: strings.TrimSpace(w.Message), Description: strings.TrimSpace(w.Description)}
	if len(w.Attachments) > 0 {
		request.Attachments, _ = json.Marshal(w.Attachments) // ids are always text
	}
	rule, _ := rules.For(w.Kind)
	setting := team.Automations[rule.Key]
	if request.Message != "" {
		setting.Message = request.Message
	}
	for _, f := range settings.CheckAutomation("", team.Company, team.Team, setting) {
		if strings.HasSuffix(f.Field, "message") && request.Message != "" {
			wrong = append(wrong, f.At("message"))
		}
	}
	if w.Kind == rules.AskPayment {
		wrong = append(wrong, w.price(team, &request)...)
	} else {
		wrong.Add(w.Amount != nil, "amount", "goes_with_payment")
		wrong.Add(w.Currency != "", "currency", "goes_with_payment")
	}
	wrong.Bounds("", w)
	return request, wrong.Err()
}

// price puts into the request what is to be paid.
func (w Wanted) price(team *settings.Snapshot, request *requests.Request) (wrong settings.Invalid) {
	written := cmp.Or(w.Currency, team.Team.Currency)
	code, err := settings.Currency(written)
	if wrong.Add(written == "", "currency", "missing"); written != "" {
		_ = wrong.Take(err) // it is a fault or nil
	}
	known := err == nil
	if !known { // without a currency nobody knows how much it is; that it is none at all can be said
		code = "USD"
	}
	if wrong.Add(w.Amount == nil, "amount", "missing"); w.Amount != nil {
		minor, err := requests.Minor(w.Amount.written, w.Amount.decimal, code)
		if err == nil && known {
			err = requests.Enough(minor, code)
		}
		_ = wrong.Take(err)
		request.Amount, request.Currency = &minor, code
	}
	return wrong
}
