package settings

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"ringback/settings/automations"
)

// One statement, so that everything in a snapshot is of the version it says.
const loadSnapshot = `
select t.*, c.name as company,
	(select coalesce(json_agg(a.settings), '[]') from automations a
		where a.company_id = t.company_id and a.team_id = t.id) as automations,
	(select coalesce(json_agg(s order by s.created_at, s.id), '[]') from (select ` + scheduleColumns + ` from schedules
		where company_id = t.company_id and team_id = t.id) s) as schedules,
	(select coalesce(json_agg(s order by s.created_at, s.id), '[]') from (select ` + senderColumns + ` from senders
		where company_id = t.company_id and team_id = t.id) s) as senders
from (select ` + teamColumns + ` from teams where company_id = $1 and id = $2) t
join companies c on c.id = t.company_id`

// Load reads everything that a team has chosen, as of one version.
func Load(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) (*Snapshot, error) {
	var row struct {
		Team
		Company     string          `db:"company"`
		Automations json.RawMessage `db:"automations"`
		Schedules   json.RawMessage `db:"schedules"`
		Senders     json.RawMessage `db:"senders"`
	}
	if err := get(ctx, q, &row, loadSnapshot, companyID, teamID); err != nil {
		return nil, wrap(err, "team "+teamID)
	}
	s := &Snapshot{Company: row.Company, Team: row.Team, Automations: map[string]automations.Setting{}}
	var chosen []automations.Setting
	var schedules []Schedule
	for _, part := range []struct {
		raw  json.RawMessage
		into any
	}{{row.Automations, &chosen}, {row.Schedules, &schedules}, {row.Senders, &s.Senders}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return nil, wrap(err, "team "+teamID)
		}
	}
	for _, one := range complete(chosen) {
		s.Automations[one.Key] = one
	}
	var err error
	s.Schedules, err = ScheduleSet(schedules)
	return s, wrap(err, "team "+teamID)
}
