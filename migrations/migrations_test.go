package migrations_test

import (
	"database/sql"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"ringback/migrations"
	"ringback/migrations/testdb"
)

// empty is a database of the test's own without the schema.
func empty(t *testing.T) *sql.DB {
	t.Helper()
	db := testdb.New(t)
	db.MustExec(`drop schema public cascade`)
	db.MustExec(`create schema public`)
	return db.DB
}

func TestUpFromNothing(t *testing.T) {
	db := empty(t)
	before, err := migrations.Status(t.Context(), db)
	require.NoError(t, err)
	require.NotEmpty(t, before)
	pending, err := migrations.Pending(t.Context(), db)
	require.NoError(t, err)
	require.Equal(t, len(before), pending)

	require.NoError(t, migrations.Up(t.Context(), db))
	require.NoError(t, migrations.Up(t.Context(), db), "a second time changes nothing")
	after, err := migrations.Status(t.Context(), db)
	require.NoError(t, err)
	for i, m := range after {
		require.Equal(t, before[i].Version, m.Version)
		require.False(t, m.AppliedAt.IsZero(), m.Name)
	}
	pending, err = migrations.Pending(t.Context(), db)
	require.NoError(t, err)
	require.Zero(t, pending)
}

func TestReplicasMigrateTogether(t *testing.T) {
	db := empty(t)
	var group errgroup.Group
	for range 3 {
		group.Go(func() error { return migrations.Up(t.Context(), db) })
	}
	require.NoError(t, group.Wait())
}

// Two steps that were written at the same time reach some databases in the
// other order.
func TestAStepThatCameLater(t *testing.T) {
	db := testdb.New(t)
	db.MustExec(`alter table hooks drop column former_secret, drop column former_until`)
	db.MustExec(`delete from goose_db_version where version_id = 13`)
	require.NoError(t, migrations.Up(t.Context(), db.DB))
	pending, err := migrations.Pending(t.Context(), db.DB)
	require.NoError(t, err)
	require.Zero(t, pending)
}

// During a rolling upgrade the previous version starts on the newer schema.
func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	db := testdb.New(t)
	db.MustExec(`insert into goose_db_version (version_id, is_applied) values (999999, true)`)
	require.NoError(t, migrations.Up(t.Context(), db.DB))
	pending, err := migrations.Pending(t.Context(), db.DB)
	require.NoError(t, err)
	require.Zero(t, pending)
}

func TestFilesAreNumberedAndForwardOnly(t *testing.T) {
	names, err := fs.Glob(migrations.Files(), "*.sql")
	require.NoError(t, err)
	slices.Sort(names)
	numbers := map[string]bool{}
	for _, name := range names {
		require.Regexp(t, regexp.MustCompile(`^\d{4}_[a-z0-9_]+\.sql$`), name)
		require.False(t, numbers[name[:4]], "two are number %s", name[:4])
		numbers[name[:4]] = true
		text, err := fs.ReadFile(migrations.Files(), name)
		require.NoError(t, err)
		require.Contains(t, string(text), "-- +goose Up", name)
		require.NotContains(t, strings.ToLower(string(text)), "+goose down", name)
	}
}

// upTo takes a new database as far as one version of the schema.
func upTo(t *testing.T, version int64) *sql.DB {
	t.Helper()
	db := empty(t)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files())
	require.NoError(t, err)
	_, err = provider.UpTo(t.Context(), version)
	require.NoError(t, err)
	return db
}

// oldTeam is what the first version writes for a company with an open team.
const oldTeam = `
insert into companies (id, name) values ($1, 'GVE');
insert into teams (company_id, id, name, display_name, time_zone, language) values ($1, $2, 'Service', 'Service', 'UTC', 'en');
insert into schedules (company_id, team_id, id, title, time_zone, starts_at, ends_at, advisors)
	values ($1, $2, $2, 'Once', 'UTC', '2026-01-05 08:00', '2026-01-05 17:00', '["11111111-1111-7111-8111-111111111111"]')`

func insertOldTeam(t *testing.T, db *sql.DB, company, team string) {
	t.Helper()
	query := strings.NewReplacer("$1", "'"+company+"'", "$2", "'"+team+"'").Replace(oldTeam)
	_, err := db.ExecContext(t.Context(), query)
	require.NoError(t, err)
}

func TestCallsComeToADatabaseWithTeams(t *testing.T) {
	const (
		company, team = "22222222-2222-7222-8222-222222222222", "33333333-3333-7333-8333-333333333333"
		later, more   = "44444444-4444-7444-8444-444444444444", "55555555-5555-7555-8555-555555555555"
	)
	db := upTo(t, 1)
	insertOldTeam(t, db, company, team)
	require.NoError(t, migrations.Up(t.Context(), db))
	insertOldTeam(t, db, later, more) // a replica of the previous version goes on
	for _, id := range []string{team, more} {
		var name, voice, advisors string
		require.NoError(t, db.QueryRow(`select t.name, t.voice, s.advisors from teams t
			join schedules s on s.team_id = t.id where t.id = $1`, id).Scan(&name, &voice, &advisors))
		require.Equal(t, []string{"Service", "{}", `["11111111-1111-7111-8111-111111111111"]`}, []string{name, voice, advisors})
	}
	_, err := db.Exec(`insert into staff (company_id, id, name, email, role) values ($1, $2, 'Ann', 'Ann@example.com', 'admin')`, company, team)
	require.NoError(t, err)
	_, err = db.Exec(`insert into staff (company_id, id, name, email, role) values ($1, $2, 'Ann', 'ann@EXAMPLE.com', 'admin')`, company, more)
	require.ErrorContains(t, err, "staff_by_email")
	_, err = db.Exec(`insert into staff (company_id, id, name, email, role) values ($1, $2, 'Ann', 'ann@example.com', 'admin')`, later, more)
	require.NoError(t, err)
}
