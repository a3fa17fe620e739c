package settings

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"ringback/settings/automations"
)

// One statement, so that everything in a snapshot is of the version it says.
const loadSnapshot = `
select t.*, c.name as company, c.contact_per_hour as company_per_hour, c.contact_per_day as company_per_day,
	(select coalesce(json_agg(a.settings), '[]') from automations a
		where a.company_id = t.company_id and a.team_id = t.id) as automations,
	(select coalesce(json_agg(s order by s.ranked_at, s.id), '[]') from (select ` + scheduleColumns + ` from schedules
		where company_id = t.company_id and team_id = t.id) s) as schedules,
	(select coalesce(json_agg(h order by h.of_company, h.id desc), '[]') from (select ` + holidayColumns + `, h.team_id is null as of_company from holidays h
		where h.company_id = t.company_id and (h.team_id = t.id or h.team_id is null)) h) as holidays,
	(select coalesce(json_agg(s order by s.created_at, s.id), '[]') from (select ` + senderColumns + ` from senders
		where company_id = t.company_id and team_id = t.id) s) as senders,
	(select coalesce(json_agg(json_build_object('id', m.id, 'name', m.name, 'phone', m.phone)), '[]') from staff m
		where m.company_id = t.company_id and m.active and (m.role = 'admin' or t.id = any(m.teams) or ` + named + `)) as staff
from (select ` + teamColumns + ` from teams where company_id = $1 and id = $2) t
join companies c on c.id = t.company_id`

// named are those whom the team's flow can ring although they are on another
// team: its schedules' and its options' advisors.
const named = `exists (select from schedules s
		where s.company_id = t.company_id and s.team_id = t.id and s.advisors @> to_jsonb(m.id))
	or jsonb_path_exists(t.voice, '$.options[*].advisors[*] ? (@ == $id)', jsonb_build_object('id', m.id))`

// Load reads everything that a team has chosen, as of one version.
func Load(ctx context.Context, q sqlx.QueryerContext, companyID, teamID string) (*Snapshot, error) {
	var row struct {
		Team
		Company     string          `db:"company"`
		PerHour     int             `db:"company_per_hour"`
		PerDay      int             `db:"company_per_day"`
		Automations json.RawMessage `db:"automations"`
		Schedules   json.RawMessage `db:"schedules"`
		Holidays    json.RawMessage `db:"holidays"`
		Senders     json.RawMessage `db:"senders"`
		Staff       json.RawMessage `db:"staff"`
	}
	if err := get(ctx, q, &row, loadSnapshot, companyID, teamID); err != nil {
		return nil, wrap(err, "team "+teamID)
	}
	s := &Snapshot{Company: row.Company, ContactPerHour: row.PerHour, ContactPerDay: row.PerDay, Team: row.Team, Automations: map[string]automations.Setting{}, Voice: row.Team.Voice}
	var chosen []automations.Setting
	var schedules []Schedule
	var holidays []storedHoliday
	var advisors []Advisor
	for _, part := range []struct {
		raw  json.RawMessage
		into any
	}{{row.Automations, &chosen}, {row.Schedules, &schedules}, {row.Holidays, &holidays}, {row.Senders, &s.Senders}, {row.Staff, &advisors}} {
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return nil, wrap(err, "team "+teamID)
		}
	}
	for _, one := range complete(chosen) {
		s.Automations[one.Key] = one
	}
	s.Advisors, s.Rings = ringing(advisors, schedules)
	closed, err := closing(holidays, row.TimeZone)
	if err == nil {
		s.Schedules, err = scheduleSet(schedules, closed)
	}
	return s, wrap(err, "team "+teamID)
}

// ringing sorts out who can be rung, and by which schedule.
func ringing(active []Advisor, schedules []Schedule) (advisors map[string]Advisor, rings map[string][]string) {
	advisors, rings = map[string]Advisor{}, map[string][]string{}
	for _, one := range active {
		advisors[one.ID] = one
	}
	for _, s := range schedules {
		for _, id := range s.Advisors {
			if _, there := advisors[id]; there {
				rings[s.ID] = append(rings[s.ID], id)
			}
		}
	}
	return advisors, rings
}

const companyOf = `select company_id from teams where id = $1`

// LoadPublic is Load for somebody who knows the team's id alone, as everybody may;
// ErrNotFound: it is nobody's.
func LoadPublic(ctx context.Context, q sqlx.QueryerContext, teamID string) (*Snapshot, error) {
	if !IsID(teamID) {
		return nil, ErrNotFound
	}
	var company string
	if err := get(ctx, q, &company, companyOf, teamID); err != nil {
		return nil, wrap(err, "team "+teamID)
	}
	return Load(ctx, q, company, teamID)
}
