package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/gateway/retention"
	"ringback/settings"
	"ringback/settings/staff"
)

// Restore is settings.Restore, and for a team's labels as well. One that is there again is
// on no ticket: which ones had it went with it.
func (d Desk) Restore(ctx context.Context, who staff.Principal, team string, r settings.Restoration) (settings.Change, error) {
	c, err := r.OfTeam(ctx, d.DB, who.CompanyID, team)
	if err == nil && c.What == "label" {
		return d.restored(ctx, who, team, c, d.restoreLabel(ctx, who, team, c))
	}
	return settings.Restore(ctx, d.DB, who.CompanyID, team, who.Who, r, who.Reaches)
}

// RestoreCompany is settings.RestoreCompany, and for how long things are kept and for the
// addresses that events are sent to as well. It asks whether what is put back could be
// chosen by whoever restores, since one operation stands for several.
func (d Desk) RestoreCompany(ctx context.Context, who staff.Principal, r settings.Restoration) (settings.Change, error) {
	c, err := r.OfCompany(ctx, d.DB, who.CompanyID)
	switch {
	case err != nil || !c.Restorable():
	case c.What == "retention":
		if err = who.Allowed("save-retention"); err == nil {
			err = retention.Restore(ctx, d.DB, who.CompanyID, who.Who, c)
		}
		return d.restored(ctx, who, "", c, err)
	case c.What == "hook":
		if err = who.Allowed("change-hook"); err == nil {
			err = d.Hooks.Restore(ctx, who.CompanyID, who.Who, c)
		}
		return d.restored(ctx, who, "", c, err)
	}
	return settings.RestoreCompany(ctx, d.DB, who.CompanyID, who.Who, r, who.MayChange, who.Allowed)
}

// restored is the line of history about what was put back; with an error, the change that
// was not.
func (d Desk) restored(ctx context.Context, who staff.Principal, team string, c settings.Reversal, err error) (settings.Change, error) {
	if err != nil {
		return c.Change, fmt.Errorf("change %s: %w", c.ID, err)
	}
	return c.Newest(ctx, d.DB, who.CompanyID, team)
}

const findLabel = `select id, name from labels where company_id = $1 and team_id = $2 and id = $3`

func (d Desk) restoreLabel(ctx context.Context, who staff.Principal, team string, c settings.Reversal) error {
	var now any
	var there Label
	switch err := sqlx.GetContext(ctx, d.DB, &there, findLabel, who.CompanyID, team, c.Subject); {
	case err == nil:
		now = there.noted()
	case !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("label %s: %w", c.Subject, err)
	case c.Before == nil:
		return nil // what was new is gone
	}
	settled, err := c.Settled(now)
	switch {
	case err != nil:
		return err
	case settled == nil:
		return d.DropLabel(ctx, who, team, c.Subject)
	case now != nil:
		return nil // it is there again
	}
	l := Label{ID: c.Subject}
	if err := json.Unmarshal(settled, &l); err != nil {
		return err
	}
	return d.addLabel(ctx, who, team, l)
}
