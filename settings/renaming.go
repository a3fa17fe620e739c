package settings

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings/automations"
	"ringback/settings/fault"
	"ringback/settings/text"
)

// renaming is a team before and after a name that stands in its texts has changed.
type renaming struct {
	wasCompany, company string
	was, team           Team
}

const textsOfTeams = `select team_id, json_agg(settings) as settings from automations where company_id = $1 and team_id = any($2::uuid[]) group by team_id`

// fit is Invalid, at that field, where a text that could be sent is too long with
// the new name: it was checked with the old one.
func fit(ctx context.Context, q sqlx.QueryerContext, companyID, field string, all map[string]renaming) error {
	ids := make(pq.StringArray, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	var rows []struct {
		Team     string          `db:"team_id"`
		Settings json.RawMessage `db:"settings"`
	}
	if err := sqlx.SelectContext(ctx, q, &rows, textsOfTeams, companyID, ids); err != nil {
		return wrap(err, "texts of teams")
	}
	for _, row := range rows {
		var stored []automations.Setting
		if err := json.Unmarshal(row.Settings, &stored); err != nil {
			return wrap(err, "texts of team "+row.Team)
		}
		r := all[row.Team]
		for _, s := range complete(stored) {
			length := text.LongestLength(Parts(r.company, r.team, s, r.team.Language))
			if length <= text.MaxLength || text.LongestLength(Parts(r.wasCompany, r.was, s, r.was.Language)) > text.MaxLength {
				continue
			}
			d, _ := automations.Find(s.Key)
			return Invalid{fault.New(field, "name_too_long", "What", d.Title, "Team", r.team.Name, "Count", length, "Limit", text.MaxLength)}
		}
	}
	return nil
}
