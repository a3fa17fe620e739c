package inbox

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/deliveries"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// DeliveryFilter narrows a list; what is empty does not.
type DeliveryFilter struct {
	Team    string
	State   string
	Sender  string
	Error   string // the provider's code
	Contact string // id
	Address string // a contact's, instead
	Since   *time.Time
}

// Deliveries are the messages to the customers of the teams within reach, the
// newest first, from the one before that id on.
func (d Desk) Deliveries(ctx context.Context, who staff.Principal, f DeliveryFilter, before string, limit int) ([]deliveries.Delivery, error) {
	if err := checkID("sender", f.Sender); err != nil {
		return nil, err
	}
	if err := checkID("team", f.Team); err != nil {
		return nil, err
	}
	teams := who.Teams
	if f.Team != "" {
		if !who.Reaches(f.Team) {
			return nil, settings.ErrNotFound
		}
		teams = []string{f.Team}
	}
	address, err := d.dialed(ctx, who, f.Team, f.Address)
	if err != nil {
		return nil, err
	}
	return deliveries.List(ctx, d.DB, who.CompanyID, deliveries.Filter{
		Teams: teams, State: f.State, Sender: f.Sender, Error: f.Error, Contact: f.Contact, Address: address, Since: f.Since,
	}, before, limit)
}

// RetryDelivery sends a message again that did not arrive, of a team within
// reach. It returns the new delivery.
func (d Desk) RetryDelivery(ctx context.Context, who staff.Principal, id string) (deliveries.Delivery, error) {
	var made deliveries.Delivery
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) (err error) {
		made, err = deliveries.Retry(ctx, tx, who.CompanyID, who.Teams, id, d.Clock.Queue())
		return err
	})
	return made, err
}
