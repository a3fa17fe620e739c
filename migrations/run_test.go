package migrations_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/migrations"
	"ringback/migrations/testdb"
)

func steps(text string) fstest.MapFS {
	return fstest.MapFS{"9001_test.sql": {Data: []byte("-- +goose Up\n" + text)}}
}

// hasty is a pool whose statements Postgres ends after a moment.
func hasty(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	query := u.Query()
	query.Set("statement_timeout", "300")
	u.RawQuery = query.Encode()
	db, err := sql.Open("postgres", u.String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// On grown tables a step takes longer than any statement of the gateway may.
func TestAStepMayTakeLong(t *testing.T) {
	db := hasty(t, testdb.DSN(t))
	run := &migrations.Run{DB: db, Steps: steps("select pg_sleep(0.6);\ncreate table made ();")}
	require.NoError(t, run.Up(t.Context()))
	var made bool
	require.NoError(t, db.QueryRow(`select to_regclass('made') is not null`).Scan(&made))
	require.True(t, made)
	db.SetMaxOpenConns(1) // the one that migrated
	_, err := db.Exec(`select pg_sleep(1)`)
	require.ErrorContains(t, err, "statement timeout", "the pool's limit is in force again")
}

// held is a table that somebody reads for as long as the test wants, as a dump does.
func held(t *testing.T, dsn string) (release func()) {
	t.Helper()
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	query := u.Query()
	query.Set("application_name", "a dump")
	u.RawQuery = query.Encode()
	dump, err := sql.Open("postgres", u.String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = dump.Close() })
	tx, err := dump.Begin()
	require.NoError(t, err)
	_, err = tx.Exec(`lock table teams in access share mode`)
	require.NoError(t, err)
	return func() { require.NoError(t, tx.Rollback()) }
}

func TestAStepWaitsForADumpAndSaysSo(t *testing.T) {
	dsn := testdb.DSN(t)
	release := held(t, dsn)
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	run := &migrations.Run{DB: db, Steps: steps(`alter table teams add column more text;`)}
	done := make(chan error, 1)
	go func() { done <- run.Up(t.Context()) }()
	says := func() string { return fmt.Sprint(run.Progress()) }
	require.Eventually(t, func() bool { return run.Progress().WaitsFor != "" }, time.Minute, time.Millisecond)
	require.Contains(t, says(), "step 1 of 1, 9001_test.sql")
	require.Contains(t, says(), "waits for a dump, process")
	// Nobody else waits behind it for longer than a moment.
	_, err = db.Exec(`select count(*) from teams`)
	require.NoError(t, err)
	select {
	case err := <-done:
		require.FailNow(t, "it did not wait", "%v", err)
	default:
	}
	release()
	require.NoError(t, <-done)
}

// A start that is ended leaves no step behind that Postgres goes on with.
func TestAnEndedRunLeavesNothing(t *testing.T) {
	dsn := testdb.DSN(t)
	release := held(t, dsn)
	defer release()
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	run := &migrations.Run{DB: db, Steps: steps(`alter table teams add column more text;`)}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run.Up(ctx) }()
	require.Eventually(t, func() bool { return run.Progress().WaitsFor != "" }, time.Minute, time.Millisecond)
	end()
	require.ErrorIs(t, <-done, context.Canceled)
	require.NoError(t, db.Close())
	look, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = look.Close() })
	var left int
	require.Eventually(t, func() bool {
		return look.QueryRow(`select count(*) from pg_stat_activity where datname = current_database() and query ilike '%alter table%' and pid <> pg_backend_pid()`).Scan(&left) == nil && left == 0
	}, time.Minute, time.Millisecond)
}

// Who looks at a database that was never migrated changes nothing there.
func TestStatusWritesNothing(t *testing.T) {
	db := empty(t)
	pending, err := migrations.Pending(t.Context(), db)
	require.NoError(t, err)
	require.Positive(t, pending)
	var tables int
	require.NoError(t, db.QueryRow(`select count(*) from pg_tables where schemaname = 'public'`).Scan(&tables))
	require.Zero(t, tables)
}

// At its end an index that is made concurrently waits for who began to read before. It
// is not thrown away meanwhile: on a grown table each one more would take an hour.
func TestAnIndexIsNotMadeAgainForWhoReads(t *testing.T) {
	dsn := testdb.DSN(t)
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	report, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	require.NoError(t, err)
	_, err = report.Exec(`select count(*) from teams`)
	require.NoError(t, err)
	run := &migrations.Run{DB: db, Steps: fstest.MapFS{"9001_test.sql": {Data: []byte(`-- +goose NO TRANSACTION
-- +goose Up
drop index concurrently if exists teams_more;
create index concurrently teams_more on teams (name);
select set_config('ringback.waits', current_setting('lock_timeout'), false);
create table made as select current_setting('ringback.waits') as waits;
`)}}}
	done := make(chan error, 1)
	go func() { done <- run.Up(t.Context()) }()
	require.Eventually(t, func() bool {
		var waits bool
		return db.QueryRow(`select count(*) > 0 from pg_stat_activity where datname = current_database() and query ilike 'create index concurrently%'
			and wait_event_type = 'Lock' and clock_timestamp() - query_start > interval '2.5 seconds'`).Scan(&waits) == nil && waits
	}, 20*time.Second, 10*time.Millisecond, "it goes on waiting")
	require.Contains(t, run.Progress().String(), "; waits for process")
	_, err = db.Exec(`update teams set name = name`)
	require.NoError(t, err, "nobody waits behind it")
	require.NoError(t, report.Rollback())
	require.NoError(t, <-done)
	var waits string
	require.NoError(t, db.QueryRow(`select waits from made`).Scan(&waits))
	require.Equal(t, "1s", waits, "what comes after it waits for a moment only")
}

// TestIndexesAreMadePatiently holds that no step says it in other words than are looked for.
func TestIndexesAreMadePatiently(t *testing.T) {
	names, err := fs.Glob(migrations.Files(), "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(migrations.Files(), name)
		require.NoError(t, err)
		said := regexp.MustCompile(`(?im)^[^-\n]*\bconcurrently\b`).FindAllString(string(text), -1)
		require.Len(t, migrations.Concurrent.FindAllString(string(text), -1), len(said), name)
	}
}
