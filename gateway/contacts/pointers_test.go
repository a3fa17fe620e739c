package contacts

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/migrations/testdb"
)

// TestAllThatPointsAtAContactIsListed: the database's own catalog is asked
// what there is.
func TestAllThatPointsAtAContactIsListed(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	listed := map[string]string{}
	for _, p := range pointers {
		listed[p.table] = p.merge
	}
	var tables []struct {
		Name   string `db:"name"`
		OfTeam bool   `db:"of_team"`
	}
	require.NoError(t, db.Select(&tables, `
select c.relname as name, exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'team_id' and not t.attisdropped) as of_team
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
	and a.attname = 'contact_id' and not a.attisdropped`))
	require.Len(t, tables, len(listed), "a table that is listed and not there")
	for _, table := range tables {
		require.Contains(t, listed, table.Name, "a merge would leave its rows behind")
		require.Equal(t, table.OfTeam, strings.Contains(listed[table.Name], "$4"), "%s: a team's rows are found by its name", table.Name)
	}
	var unique []string
	require.NoError(t, db.Select(&unique, `
select distinct c.relname from pg_index i join pg_class c on c.oid = i.indrelid
join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
where c.relnamespace = current_schema()::regnamespace and not c.relispartition and i.indisunique and a.attname = 'contact_id'`))
	require.NotEmpty(t, unique)
	for _, table := range unique {
		require.Contains(t, listed[table], "on conflict", "%s: rows of two contacts could stand in each other's way", table)
	}
}
