package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jmoiron/sqlx"

	"ringback/gateway"
	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

func (r routes) requests(api huma.API) {
	ask := Op("make-request", http.MethodPost, "/teams/{team}/tickets/{id}/requests", http.StatusCreated, "Ask the customer for something")
	ask.Description = "A photo or video, an approval, a payment, a rating, or whether it is resolved. The text goes out by the automation of that kind, " +
		"with the link to the customer's page; whether it did stands in its decision. What is still open is not asked for twice: 409 with the time left."
	huma.Register(api, ask, r.makeRequest)
	huma.Register(api, Op("cancel-request", http.MethodPost, "/teams/{team}/requests/{id}/cancel", http.StatusOK,
		"Take back what a customer was asked and has not answered"), r.cancelRequest)
	huma.Register(api, Op("share-voicehub", http.MethodPost, "/teams/{team}/contacts/{id}/share-voicehub", http.StatusCreated,
		"Send the customer the team's contact page"), r.shareVoiceHub)
}

// amount is money as it is written: a number of the smallest unit, or text of
// whole units with a point.
type amount struct {
	written string
	decimal bool
}

// UnmarshalJSON takes a number, or text.
func (a *amount) UnmarshalJSON(raw []byte) error {
	if a.decimal = len(raw) > 0 && raw[0] == '"'; a.decimal {
		return json.Unmarshal(raw, &a.written)
	}
	a.written = string(raw)
	return nil
}

// MarshalJSON writes it as it came.
func (a amount) MarshalJSON() ([]byte, error) {
	if a.written == "" && !a.decimal {
		return []byte("null"), nil
	}
	if a.decimal {
		return json.Marshal(a.written)
	}
	return []byte(a.written), nil
}

// Schema says both ways of writing it.
func (amount) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "With kind payment: a whole number of the currency's smallest unit (14990), or text in whole units (\"149.90\")",
		AnyOf:       []*huma.Schema{{Type: huma.TypeInteger}, {Type: huma.TypeNumber}, {Type: huma.TypeString}},
	}
}

// wanted is what an advisor asks the customer for.
type wanted struct {
	Kind        string   `json:"kind" enum:"photo_video,approval,payment,rating,resolved"`
	Message     string   `json:"message,omitempty" maxLength:"1000" doc:"Replaces the automation's message in this text, and stands on the page; the link is appended"`
	Attachments []string `json:"attachments,omitempty" maxItems:"10" doc:"Ids of files that were uploaded to the team; they stand on the page"`
	Amount      *amount  `json:"amount,omitempty"`
	Currency    string   `json:"currency,omitempty" maxLength:"10" doc:"ISO 4217, such as USD"`
	Description string   `json:"description,omitempty" maxLength:"500" doc:"What the payment or approval is for, on the page"`
}

type wantedBody struct {
	TicketPath
	Once
	Body wanted
}

// asked is a request that was made.
type asked struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	State     string    `json:"state" enum:"open,seen,answered,expired,cancelled"`
	URL       string    `json:"url" doc:"The customer's page. It is told here alone, and only to who asked"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (r routes) makeRequest(ctx context.Context, in *wantedBody) (*Answer[asked], error) {
	p := caller(ctx)
	var made asked
	err := r.onTicket(ctx, in.TicketPath, func(tx *sqlx.Tx, t tickets.Ticket) error {
		team, err := settings.Load(ctx, tx, p.CompanyID, in.Team)
		if err != nil {
			return err
		}
		request, err := in.Body.read(team)
		if err != nil {
			return err
		}
		if err := media.Check(ctx, tx, p.CompanyID, in.Team, "attachments", in.Body.Attachments); err != nil {
			return err
		}
		made, err = once(ctx, tx, p.CompanyID, in.Once, "request/"+t.ID, in.Body, func() (asked, error) {
			return r.ask(ctx, tx, team, t, request, p)
		})
		if err == nil {
			made.URL, err = requestLink(ctx, tx, p.CompanyID, in.Team, made.ID)
		}
		return err
	})
	return Answered(made, err)
}

// read checks what is wanted, all of it at once.
func (w wanted) read(team *settings.Snapshot) (requests.Request, error) {
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
	if w.Kind != rules.AskPayment {
		wrong.Add(w.Amount != nil, "amount", "goes_with_payment")
		wrong.Add(w.Currency != "", "currency", "goes_with_payment")
		return request, wrong.Err()
	}
	code, err := requests.Currency(w.Currency)
	if wrong.Add(w.Currency == "", "currency", "missing"); w.Currency != "" {
		_ = wrong.Take(err) // it is a fault or nil
	}
	if err != nil { // without a currency nobody knows how much it is; that it is none at all can be said
		code = "USD"
	}
	if wrong.Add(w.Amount == nil, "amount", "missing"); w.Amount != nil {
		minor, err := requests.Minor(w.Amount.written, w.Amount.decimal, code)
		_ = wrong.Take(err)
		request.Amount, request.Currency = &minor, code
	}
	return request, wrong.Err()
}

// ask writes the request down; whether and how it goes out is decided when its
// event is handled.
func (r routes) ask(ctx context.Context, tx *sqlx.Tx, team *settings.Snapshot, t tickets.Ticket, request requests.Request, p staff.Principal) (asked, error) {
	if err := r.takes(request.Kind); err != nil {
		return asked{}, err
	}
	wish := gateway.RequestDraft{Ticket: t, Request: request, Who: p.Who, Staff: p.StaffID, At: r.Clock.Now(), PublicURL: r.PublicURL()}
	made, err := wish.Make(ctx, tx, team)
	return asked{ID: made.ID, Kind: made.Kind, State: requests.Open, ExpiresAt: made.ExpiresAt}, err
}

// takes is a *settings.Conflict for a payment where none can be taken.
func (r routes) takes(kind string) error {
	if kind == rules.AskPayment && !r.Payments {
		return settings.NewConflict("kind", "payments_off", "What", "STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET")
	}
	return nil
}

// The link stands in the event that sends it, and nowhere beside the request.
const linkOf = `select coalesce(payload->'ask'->>'link', '') from events where company_id = $1 and sender_id = $2 and provider_id = $3`

func requestLink(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (string, error) {
	var link string
	err := q.QueryRowxContext(ctx, linkOf, company, team, gateway.RequestEvent(id)).Scan(&link)
	if err != nil {
		err = fmt.Errorf("request %s: link: %w", id, err)
	}
	return link, err
}
