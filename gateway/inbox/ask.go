package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway"
	"ringback/gateway/media"
	"ringback/gateway/requests"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/staff"
)

// Asked is a request that was made.
type Asked struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	State     string    `json:"state" enum:"open,seen,answered,expired,cancelled"`
	URL       string    `json:"url" doc:"The customer's page. It is told here alone, and only to who asked"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Ask asks the customer of a ticket for something: a photo, an approval, a
// payment, a rating, or whether it is resolved. The key makes it safe to
// repeat; it may be empty. What is still open, or would not go out, is a
// *settings.Conflict.
func (d Desk) Ask(ctx context.Context, who staff.Principal, team, ticket, key string, w Wanted) (Asked, error) {
	var made Asked
	err := d.onTicket(ctx, who.CompanyID, team, ticket, func(tx *sqlx.Tx, t tickets.Ticket) error {
		chosen, err := settings.Load(ctx, tx, who.CompanyID, team)
		if err != nil {
			return err
		}
		request, err := w.read(chosen)
		if err != nil {
			return err
		}
		if err := media.Check(ctx, tx, who.CompanyID, team, "attachments", w.Attachments); err != nil {
			return err
		}
		made, err = once(ctx, tx, who.CompanyID, key, "request/"+t.ID, w, func() (Asked, error) {
			return d.ask(ctx, tx, chosen, t, request, who)
		})
		if err == nil {
			made.URL, err = d.requestLink(ctx, tx, who.CompanyID, team, made.ID)
		}
		return err
	})
	return made, err
}

// ask writes the request down; how it goes out is decided when its event is
// handled.
func (d Desk) ask(ctx context.Context, tx *sqlx.Tx, team *settings.Snapshot, t tickets.Ticket, request requests.Request, who staff.Principal) (Asked, error) {
	if err := d.takes(request.Kind); err != nil {
		return Asked{}, err
	}
	draft := gateway.RequestDraft{Ticket: t, Request: request, Who: who.Who, Staff: who.StaffID, At: d.Clock.Now(), PublicURL: d.publicURL(), Links: d.Links}
	var made requests.Request
	err := d.goesOut(ctx, tx, t.CompanyID, t.TeamID, "kind", func() (err error) {
		made, err = draft.Make(ctx, tx, team)
		return err
	})
	return Asked{ID: made.ID, Kind: made.Kind, State: requests.Open, ExpiresAt: made.ExpiresAt}, err
}

// takes is a *settings.Conflict for a payment where none can be taken.
func (d Desk) takes(kind string) error {
	if kind == rules.AskPayment && !d.Payments {
		return settings.NewConflict("kind", "payments_off", "What", "STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET")
	}
	return nil
}

// The event that sends the request holds its link's placeholder, and so the
// address at which it was made.
const linkOf = `select coalesce(payload->'ask'->>'link', '') from events where company_id = $1 and sender_id = $2 and provider_id = $3`

func (d Desk) requestLink(ctx context.Context, q sqlx.QueryerContext, company, team, id string) (string, error) {
	var link string
	err := q.QueryRowxContext(ctx, linkOf, company, team, gateway.RequestEvent(id)).Scan(&link)
	if err != nil {
		err = fmt.Errorf("request %s: link: %w", id, err)
	}
	return d.Links.In(link, id), err
}
