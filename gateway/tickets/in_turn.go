package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/gateway/rules"
)

const (
	servedInTurn = `select coalesce((select served from assignment_turns where company_id = $1 and team_id = $2), '{}')`

	lockTurns = `
insert into assignment_turns (company_id, team_id) values ($1, $2)
on conflict (company_id, team_id) do update set team_id = excluded.team_id returning served`
)

// Served are the ids of who got one of the team's tickets in turn, the last one behind.
func Served(ctx context.Context, q sqlx.QueryerContext, company, team string) ([]string, error) {
	return served(ctx, q, servedInTurn, company, team)
}

// LockTurns is Served, and nobody else gives a ticket of the team away until the
// transaction ends: what is read of who has how many has to be read after it.
func LockTurns(ctx context.Context, tx sqlx.QueryerContext, company, team string) ([]string, error) {
	return served(ctx, tx, lockTurns, company, team)
}

func served(ctx context.Context, q sqlx.QueryerContext, query, company, team string) ([]string, error) {
	var ids pq.StringArray
	if err := q.QueryRowxContext(ctx, query, company, team).Scan(&ids); err != nil {
		return nil, fmt.Errorf("team %s: whose turn it is: %w", team, err)
	}
	return ids, nil
}

// What an admin who is on another team has counts as well: a schedule may name them.
const candidates = `
select s.id, s.name, $2::uuid = any(s.teams) as on_team, case when $3 then (
    select count(*) from tickets t where t.company_id = $1 and t.team_id = $2 and t.assignee = s.id and t.number > 0 and t.status = 'open') else 0 end as open
from staff s where s.company_id = $1 and s.active and ($2::uuid = any(s.teams) or s.role = 'admin')
order by s.id`

// Candidates are those who can have the team's tickets; how many are open with each only
// where that is to be counted.
func Candidates(ctx context.Context, q sqlx.QueryerContext, company, team string, count bool) ([]rules.Candidate, error) {
	var all []rules.Candidate
	if err := sqlx.SelectContext(ctx, q, &all, candidates, company, team, count); err != nil {
		return nil, fmt.Errorf("team %s: who can have a ticket: %w", team, err)
	}
	return all, nil
}

// Assignment is that a ticket becomes somebody's in turn. Its JSON names are columns.
type Assignment struct {
	CompanyID string    `json:"company_id"`
	TeamID    string    `json:"team_id"`
	TicketID  string    `json:"ticket_id"`
	Staff     string    `json:"staff"`
	At        time.Time `json:"at"`
}

const assign = `
with given as (
    select * from json_to_recordset($1) as a (company_id uuid, ticket_id uuid, staff uuid, at timestamptz, change uuid)
), assigned as (
    update tickets t set assignee = g.staff, updated_at = clock_timestamp() from given g where t.company_id = g.company_id and t.id = g.ticket_id
)
insert into ticket_changes (company_id, id, ticket_id, at, change, detail, author) select company_id, change, ticket_id, at, 'assigned', staff::text, 'gateway' from given`

// The others stay in their order.
const moveBack = `
update assignment_turns t set served = array(
    select id from unnest(t.served) with ordinality as s (id, n) where id <> all($3::uuid[]) order by n) || $3::uuid[]
where company_id = $1 and team_id = $2`

// AssignInTurn writes down whose tickets became, on their timelines too, and that these
// people are behind the others now. All are one company's, in their order, and the teams'
// turns are locked.
func AssignInTurn(ctx context.Context, tx sqlx.ExecerContext, all ...Assignment) error {
	if len(all) == 0 {
		return nil
	}
	type row struct {
		Assignment

		Change string `json:"change"` // the id of its line in the ticket's history
	}
	rows := make([]row, len(all))
	for n, a := range all {
		rows[n] = row{a, uuid.Must(uuid.NewV7()).String()}
	}
	given, err := json.Marshal(rows)
	if err == nil {
		_, err = tx.ExecContext(ctx, assign, string(given))
	}
	for _, team := range teamsOf(all) {
		if err == nil {
			_, err = tx.ExecContext(ctx, moveBack, all[0].CompanyID, team, pq.StringArray(servedBy(all, team)))
		}
	}
	if err != nil {
		return fmt.Errorf("assign ticket %s in turn: %w", all[0].TicketID, err)
	}
	return nil
}

func teamsOf(all []Assignment) (teams []string) {
	for _, a := range all {
		if !slices.Contains(teams, a.TeamID) {
			teams = append(teams, a.TeamID)
		}
	}
	return teams
}

// servedBy are those who got one of the team's, each where they got their last.
func servedBy(all []Assignment, team string) (staff []string) {
	for _, a := range all {
		if a.TeamID == team {
			staff = append(slices.DeleteFunc(staff, func(id string) bool { return id == a.Staff }), a.Staff)
		}
	}
	return staff
}
