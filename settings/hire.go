package settings

import (
	"context"
	"errors"
	"slices"

	"github.com/jmoiron/sqlx"
)

// Hire adds somebody to the company's staff whom these of a team's schedules ring from
// then on: all of that, or nothing. Whoever is no admin needs a team.
func Hire(ctx context.Context, db *sqlx.DB, companyID, who string, m Member, team string, schedules []string) (Member, error) {
	err := editStaff(ctx, db, companyID, func(tx *sqlx.Tx) (bool, error) {
		added, err := m.add(ctx, tx, companyID, who, m.Placed())
		if err != nil || len(schedules) == 0 {
			return added, err
		}
		e := &Edit{tx: tx, who: who}
		if err := get(ctx, tx, &e.Team, lockTeam, companyID, team); err != nil {
			return false, wrap(err, "team "+team)
		}
		return added, e.ring(ctx, m.ID, schedules)
	})
	return m, wrap(err, "new member of the staff")
}

// ring has schedules of the team ring one more of the staff.
func (e *Edit) ring(ctx context.Context, member string, schedules []string) error {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(schedules))) {
		if !IsID(id) {
			return Refuse("schedules", "schedule_id")
		}
		s, err := e.Schedule(ctx, id)
		if errors.Is(err, ErrNotFound) {
			return Refuse("schedules", "schedule_id")
		}
		if err != nil {
			return err
		}
		s.Advisors = append(s.Advisors, member)
		if _, err := e.SaveSchedule(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
