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
		require.Contains(t, listed, table.Name, "a merge or an erasure would leave its rows behind")
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

// untold are tables in which nothing of a customer stands, and why.
var untold = map[string]string{
	"accounts": "the company's own", "api_keys": "the company's own", "automations": "the company's own", "companies": "the company's own",
	"hooks": "the company's own", "replies": "the company's own", "identity_keys": "the company's own", "link_keys": "the company's own", "schedules": "the company's own",
	"senders": "the company's own", "server_keys": "the company's own", "teams": "the company's own", "sender_health": "the company's own", "sender_checks": "the company's own", "template_states": "the company's own",
	"notice_choices": "the staff's", "push_devices": "the staff's", "sessions": "the staff's", "sign_in_known": "the staff's",
	"sign_in_links": "the staff's", "sign_in_tries": "the staff's", "staff": "the staff's", "staff_identities": "the staff's",
	"staff_codes": "the staff's", "staff_passkeys": "the staff's", "passkey_answers": "digests, for minutes", "staff_recovery_codes": "the staff's", "sign_in_steps": "the staff's",
	"spend": "counts", "assignment_turns": "the staff's", "paces": "counts", "holidays": "settings", "call_hours": "settings", "identity_tokens": "digests, for an hour", "goose_db_version": "the schema's own",
	"labels": "the company's own", "ticket_labels": "ids alone", "ticket_reads": "ids alone",
	"history":        "names customers by their ids alone",
	"contact_merges": "ids alone",
	"contacts":       "the card itself, which goes last",
	"erasures":       "who was erased, by their id; the addresses for two days",
	"erased_files":   "names of files that are about to go",
	"retention":      "the company's own", "retention_walks": "how far a walk has come",
	"erased_opt_outs": "digests", "erasure_salts": "of the digests",
}

// TestAnErasureKnowsEachTable: a new table says what becomes of what it holds
// of a customer.
func TestAnErasureKnowsEachTable(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	erased := map[string]bool{"contacts": true}
	for _, p := range append(pointers, around...) {
		require.NotEmpty(t, p.erase, p.table)
		erased[p.table] = true
		for _, of := range []string{"notice_sends", "pending_stops", "uploads", "sender_opt_outs"} { // found on the way
			erased[of] = erased[of] || strings.Contains(p.erase, of)
		}
	}
	var tables []string
	require.NoError(t, db.Select(&tables, `select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition`))
	for _, table := range tables {
		require.True(t, erased[table] || untold[table] != "", "%s: what of it is a customer's, and who erases that?", table)
	}
}

// TestAnExportTellsOfEachTable: what points at a contact is told, or there is a
// reason why not.
func TestAnExportTellsOfEachTable(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, s := range sections {
		told[s.table] = true
	}
	for _, p := range pointers {
		require.True(t, told[p.table] != (unsaid[p.table] != ""), p.table)
	}
}
