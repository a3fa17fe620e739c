package migrations_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

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
	for i, name := range names {
		require.Regexp(t, regexp.MustCompile(fmt.Sprintf(`^%04d_[a-z0-9_]+\.sql$`, i+1)), name)
		text, err := fs.ReadFile(migrations.Files(), name)
		require.NoError(t, err)
		require.Contains(t, string(text), "-- +goose Up", name)
		require.NotContains(t, strings.ToLower(string(text)), "+goose down", name)
	}
}
