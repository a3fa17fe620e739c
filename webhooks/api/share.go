package api

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/settings"
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

// shareVoiceHub sends a contact the team's contact page, on the channel where
// they were last heard.
func (r routes) shareVoiceHub(ctx context.Context, in *shareBody) (*Answer[shared], error) {
	p := caller(ctx)
	if _, err := contacts.Find(ctx, r.DB, p.CompanyID, in.Team, in.ID); err != nil {
		return nil, err
	}
	tx, err := r.DB.BeginTxx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()                                                                 // after Commit it says so and does nothing
	if _, err := contacts.Lock(ctx, tx, p.CompanyID, in.Team, in.ID, "", channels.SMS, ""); err != nil { // locks the standing
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
	return Answered(made, nil)
}

func (r routes) share(ctx context.Context, tx *sqlx.Tx, company string, path TicketPath) (shared, error) {
	team, err := settings.Load(ctx, tx, company, path.Team)
	if err != nil {
		return shared{}, err
	}
	sharing := gateway.ContactPageShare{CompanyID: company, TeamID: path.Team, ContactID: path.ID, At: r.Clock.Now(), PublicURL: r.PublicURL()}
	made := shared{Contact: path.ID}
	made.ID, made.URL, err = sharing.Make(ctx, tx, team)
	return made, err
}
