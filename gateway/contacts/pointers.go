package contacts

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// What points at a contact is asked of the schema, so that a table which comes
// later is not forgotten here. The two that are merged row by row are not
// among them.
const pointers = `
select c.relname as name, exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'team_id' and not t.attisdropped) as of_team
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
	and a.attname = 'contact_id' and not a.attisdropped and c.relname not in ('standings', 'sender_opt_outs')
order by c.relname`

// movePointers lets whatever points at from point at into. Teams are those
// with whom from has a standing: nothing of a team points at anybody else.
func (by Actor) movePointers(ctx context.Context, tx *sqlx.Tx, teams pq.StringArray, from, into string) error {
	var tables []struct {
		Name   string `db:"name"`
		OfTeam bool   `db:"of_team"`
	}
	if err := tx.SelectContext(ctx, &tables, pointers); err != nil {
		return err
	}
	for _, t := range tables {
		query := `update ` + pq.QuoteIdentifier(t.Name) + ` set contact_id = $3 where company_id = $1 and contact_id = $2`
		args := []any{by.CompanyID, from, into}
		if t.OfTeam {
			query += ` and team_id = any($4::uuid[])`
			args = append(args, teams)
		}
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}
