package staff

import (
	"context"
	"fmt"
	"time"

	"ringback/settings"
)

// Session is one browser in which somebody is signed in, as they see it.
type Session struct {
	ID      string    `db:"id" json:"id"`
	Agent   string    `db:"device" json:"-"`
	Device  string    `db:"-" json:"device" doc:"The browser and the machine, as far as it said; empty: it did not say"`
	From    string    `db:"from_address" json:"from" doc:"The network address that they signed in from; empty: it was not noted then"`
	Since   time.Time `db:"created_at" json:"since" doc:"When they signed in there"`
	SeenAt  time.Time `db:"seen_at" json:"seen_at" doc:"When it was last used, to the minute"`
	Current bool      `db:"current" json:"current" doc:"Whether it is the one that asks"`
}

const listSessions = `
select id, device, from_address, created_at, seen_at, id = $7 as current from sessions
where company_id = $1 and staff_id = $2 and ($3 = '' or id < nullif($3, '')::uuid)
	and seen_at > now() - make_interval(secs => $5) and created_at > now() - make_interval(secs => $6)
order by id desc limit $4`

// Sessions returns those of the principal that are in force, the newest first,
// from the one before that id on.
func (g Gate) Sessions(ctx context.Context, p Principal, before string, limit int) ([]Session, error) {
	sessions := []Session{}
	err := g.DB.SelectContext(ctx, &sessions, listSessions, p.CompanyID, p.StaffID, before, limit, idle.Seconds(), Longest.Seconds(), p.session)
	if err != nil {
		return nil, fmt.Errorf("sessions of staff %s: %w", p.StaffID, err)
	}
	for n := range sessions {
		sessions[n].Device = Device(sessions[n].Agent)
	}
	return sessions, nil
}

// EndSession signs the principal out in one browser; settings.ErrNotFound when
// it is none of theirs.
func (g Gate) EndSession(ctx context.Context, p Principal, id string) error {
	done, err := g.DB.ExecContext(ctx, endSession, p.CompanyID, p.StaffID, id)
	if err != nil {
		return fmt.Errorf("session %s: %w", id, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("session %s: %w", id, settings.ErrNotFound)
	}
	return nil
}

const endOthers = `
with silent as (delete from push_devices where company_id = $1 and staff_id = $2 and session_id is distinct from $3)
delete from sessions where company_id = $1 and staff_id = $2 and id <> $3`

// EndOthers signs the principal out in all browsers but the one that asks.
func (g Gate) EndOthers(ctx context.Context, p Principal) error {
	if _, err := g.DB.ExecContext(ctx, endOthers, p.CompanyID, p.StaffID, p.session); err != nil {
		return fmt.Errorf("sessions of staff %s: %w", p.StaffID, err)
	}
	return nil
}
