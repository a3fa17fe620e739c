package settings

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Restorable reports whether a change can be put back at all. Whether it can be
// at this moment is said when it is tried: an address may be somebody else's by
// now.
func (c Change) Restorable() bool {
	switch c.What {
	case "schedule", "sender", "holiday", "reply", "label":
		return true // what is new can go again
	case "team", "automation", "schedule_order", "company", "staff", "retention":
		return c.Before != nil
	case "hook":
		return c.Before != nil && c.After != nil // with one that is gone went its secret
	}
	return false
}

const findCompanyChange = `
select ` + changeColumns + ` from history where company_id = $1 and team_id is null and id = $2`

const newestCompanyChange = `
select ` + changeColumns + ` from history
where company_id = $1 and team_id is null and what = $2 and subject = $3 order by id desc limit 1`

// RestoreCompany puts back what one change of the company itself or of its
// staff replaced, as Restore does for a team's. May is asked before somebody
// becomes what they were, and allowed whether the operation that changes the
// company is theirs: what cannot be done cannot be restored. What happened and is no setting, such as a sign-in,
// is a *Conflict, and so is somebody's arrival: nobody is deleted.
func RestoreCompany(ctx context.Context, db *sqlx.DB, companyID, who string, r Restoration, may func(before, after Member) error, allowed func(operation string) error) (Change, error) {
	found, err := r.OfCompany(ctx, db, companyID)
	if err == nil {
		err = restoreCompany(ctx, db, companyID, who, found, may, allowed)
	}
	if err != nil {
		return found.Change, wrap(err, "change "+r.Change)
	}
	c, err := found.Newest(ctx, db, companyID, "")
	return c, wrap(err, "change "+r.Change)
}

func restoreCompany(ctx context.Context, db *sqlx.DB, companyID, who string, c Reversal, may func(before, after Member) error, allowed func(operation string) error) error {
	switch {
	case c.What == "staff" && c.Before == nil:
		return NewConflict("id", "member_stays")
	case !c.Restorable(), !slices.Contains([]string{"company", "holiday", "staff"}, c.What): // or not kept here
		return NewConflict("id", "no_restore", "What", c.What)
	case c.What == "company":
		if err := allowed("change-company"); err != nil {
			return err
		}
		_, err := ChangeCompany(ctx, db, companyID, who, func(now *Company) error {
			settled, err := c.Settled(*now, "second_factor") // who may get in is changed by who has shown who they are
			if err != nil {
				return err
			}
			return json.Unmarshal(settled, now)
		})
		return err
	case c.What == "holiday":
		if err := allowed("change-company-holiday"); err != nil {
			return err
		}
		return EditHolidays(ctx, db, HolidaysOf{Company: companyID}, who, func(e HolidayEdit) error { return e.restore(ctx, c) })
	}
	_, err := ChangeMember(ctx, db, companyID, who, c.Subject, func(m *Member) error {
		before := *m
		settled, err := c.Settled(before)
		if err != nil {
			return err
		}
		m.Teams = pq.StringArray{} // not written over in the memory that they share
		if err := json.Unmarshal(settled, m); err != nil {
			return err
		}
		return may(before, *m)
	})
	return err
}
