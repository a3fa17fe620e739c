package migrations_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/migrations"
	"ringback/migrations/testdb"
)

// Who looks while another process migrates learns that, and how far it is.
func TestOneThatIsUnderwayIsSeenFromOutside(t *testing.T) {
	dsn := testdb.DSN(t)
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	look := func() (migrations.Progress, bool) {
		t.Helper()
		now, is, err := migrations.Underway(t.Context(), db)
		require.NoError(t, err)
		return now, is
	}
	release := held(t, dsn)
	other, err := sql.Open("postgres", dsn+"&application_name=ringback+migrations")
	require.NoError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	require.NoError(t, other.Ping())
	_, is := look()
	require.False(t, is, "nothing is left to do")

	_, err = db.Exec(`delete from goose_db_version where version_id = 13`)
	require.NoError(t, err)
	now, is := look()
	require.True(t, is)
	require.Equal(t, "0013_", now.Name[:5])
	require.Equal(t, now.Steps, now.Step, "all but one are taken")
	require.Empty(t, now.WaitsFor)

	waiting, err := other.Begin()
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := waiting.Exec(`lock table teams in access exclusive mode`)
		done <- err
	}()
	require.Eventually(t, func() bool { now, _ = look(); return now.WaitsFor != "" }, time.Minute, time.Millisecond)
	require.Regexp(t, `^migrating the database: step \d+ of \d+, 0013_\w+\.sql, for \d+s; waits for a dump, process \d+ at Postgres`, now.String())
	release()
	require.NoError(t, <-done)
	require.NoError(t, waiting.Rollback())
	require.NoError(t, other.Close())
	require.Eventually(t, func() bool { _, is := look(); return !is }, time.Minute, time.Millisecond, "Postgres has seen it go")
}
