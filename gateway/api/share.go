package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/gateway/events"
	"ringback/gateway/rules"
	"ringback/gateway/tickets"
	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

type shareBody struct {
	TicketPath
	Once
}

// shared is a contact page that was sent to somebody.
type shared struct {
	ID      string `json:"id" doc:"By which its decision names it: the event's provider_id is share/ and this"`
	Contact string `json:"contact"`
	URL     string `json:"url" doc:"The contact page"`
}

const newestTicket = `
select id from tickets where company_id = $1 and team_id = $2 and contact_id = $3
order by (status = 'closed'), opened_at desc, number desc limit 1`

// shareVoiceHub sends a contact the team's contact page, on the channel where
// they were last heard.
func (r routes) shareVoiceHub(ctx context.Context, in *shareBody) (*rest.Answer[shared], error) {
	p := staff.From(ctx)
	if _, err := contacts.Find(ctx, r.DB, p.CompanyID, in.Team, in.ID); err != nil {
		return nil, err
	}
	tx, err := r.DB.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()                                                                  // after Commit it says so and does nothing
	if _, err := contacts.Known(ctx, tx, p.CompanyID, in.Team, in.ID, "", channels.SMS, ""); err != nil { // locks the standing
		return nil, err
	}
	made, err := once(ctx, tx, p.CompanyID, in.Once, "share/"+in.ID, in.ID, func() (shared, error) { return r.share(ctx, tx, p.CompanyID, in.TicketPath) })
	if err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	r.Wake()
	return rest.Answered(made, nil)
}

func (r routes) share(ctx context.Context, tx *sqlx.Tx, company string, path TicketPath) (shared, error) {
	team, err := settings.Load(ctx, tx, company, path.Team)
	if err != nil {
		return shared{}, err
	}
	t := tickets.Kept{CompanyID: company, TeamID: path.Team, ContactID: path.ID}
	err = tx.GetContext(ctx, &t.ID, newestTicket, company, path.Team, path.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return shared{}, fmt.Errorf("contact %s: newest ticket: %w", path.ID, err)
	}
	if t.ID != "" {
		if t, err = tickets.Lock(ctx, tx, company, path.Team, t.ID); err != nil {
			return shared{}, err
		}
	}
	if _, _, err := t.Reach(ctx, tx, team); err != nil {
		return shared{}, err
	}
	made := shared{ID: uuid.Must(uuid.NewV7()).String(), Contact: path.ID, URL: strings.TrimSuffix(r.PublicURL(), "/") + "/c/" + path.Team}
	return made, events.Raised{
		CompanyID: company, TeamID: path.Team, Kind: rules.Shared, Name: "share/" + made.ID, At: r.Clock.Now(),
		Ask: events.Ask{Contact: path.ID, Ticket: t.ID, Kind: rules.AskVoiceHub, Link: made.URL},
	}.Raise(ctx, tx)
}
