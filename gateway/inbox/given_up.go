package inbox

import (
	"context"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/events"
	"ringback/settings"
	"ringback/settings/staff"
	"ringback/settings/transaction"
)

// GivenUp are the events of the teams within reach whose handling failed again
// and again, the newest first, from the one before that id on.
func (d Desk) GivenUp(ctx context.Context, who staff.Principal, before string, limit int) ([]events.GivenUp, error) {
	return events.ListGivenUp(ctx, d.DB, who.CompanyID, who.Teams, before, limit)
}

// RetryEvent takes one of them up again.
func (d Desk) RetryEvent(ctx context.Context, who staff.Principal, id string) (events.GivenUp, error) {
	var again events.GivenUp
	if !settings.IsID(id) {
		return again, settings.ErrNotFound
	}
	err := transaction.Run(ctx, d.DB, func(tx *sqlx.Tx) (err error) {
		again, err = events.Retry(ctx, tx, who.CompanyID, who.Teams, id, d.Clock.Queue())
		return err
	})
	if err == nil {
		d.wake()
	}
	return again, err
}
