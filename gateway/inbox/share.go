package inbox

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway"
	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// Shared is a contact page that was sent to somebody.
type Shared struct {
	ID      string `json:"id" doc:"By which its decision names it: the event's provider_id is share/ and this"`
	Contact string `json:"contact"`
	URL     string `json:"url" doc:"The contact page"`
}

// Share sends a contact the team's contact page, on the channel where they were
// last heard. The key makes it safe to repeat; it may be empty.
func (d Desk) Share(ctx context.Context, who staff.Principal, team, contact, key string) (Shared, error) {
	if !settings.IsID(contact) {
		return Shared{}, settings.ErrNotFound
	}
	if _, err := contacts.Find(ctx, d.DB, who.CompanyID, team, contact); err != nil {
		return Shared{}, err
	}
	var made Shared
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) error {
		_, err := contacts.Lock(ctx, tx, who.CompanyID, team, contact, "", channels.SMS, "") // locks the standing
		if err != nil {
			return err
		}
		made, err = once(ctx, tx, who.CompanyID, key, "share/"+contact, contact, func() (Shared, error) {
			return d.share(ctx, tx, who.CompanyID, team, contact)
		})
		return err
	})
	if err == nil {
		d.wake()
	}
	return made, err
}

func (d Desk) share(ctx context.Context, tx *sqlx.Tx, company, team, contact string) (Shared, error) {
	chosen, err := settings.Load(ctx, tx, company, team)
	if err != nil {
		return Shared{}, err
	}
	page := gateway.ContactPageShare{CompanyID: company, TeamID: team, ContactID: contact, At: d.Clock.Now(), PublicURL: d.publicURL()}
	made := Shared{Contact: contact}
	err = d.goesOut(ctx, tx, company, team, "contact", func() (err error) {
		made.ID, made.URL, err = page.Make(ctx, tx, chosen)
		return err
	})
	return made, err
}
