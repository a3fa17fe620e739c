package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/events"
	"ringback/migrations/testdb"
)

// cutShort runs a statement and has Postgres end its wait for the standby, as an
// operator does who cancels it.
func cutShort(t *testing.T, admin *sqlx.DB, run func() error) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- run() }()
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, admin.Get(&n, `select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'`))
		return n > 0
	}, 10*time.Second, 5*time.Millisecond, "it waits for the standby")
	return <-done
}

// Whatever way a statement goes to Postgres: one whose wait for the standby was cut
// short is no success, and it is the database's trouble.
func TestACommitThatTheStandbyMayLackIsAnError(t *testing.T) {
	pair := testdb.NewPair(t)
	admin := sqlx.MustOpen("postgres", pair.Primary()+"&synchronous_commit=local")
	defer admin.Close()
	_, err := admin.Exec(`create table kept (n int primary key)`)
	require.NoError(t, err)
	api, err := Connect(pair.DSN())
	require.NoError(t, err)
	defer api.Close()
	work, err := ConnectWork(pair.DSN())
	require.NoError(t, err)
	defer work.Close()

	ctx := context.Background()
	const insert = `insert into kept values ($1)`
	ways := map[string]func(db *sqlx.DB, n int) error{
		"a statement": func(db *sqlx.DB, n int) error { _, err := db.ExecContext(ctx, insert, n); return err },
		"several in one": func(db *sqlx.DB, n int) error {
			_, err := db.ExecContext(ctx, `insert into kept select coalesce(max(n), 0) + 1000 from kept; select 1`)
			return err
		},
		"one that returns": func(db *sqlx.DB, n int) error {
			var got int
			return db.QueryRowxContext(ctx, insert+` returning n`, n).Scan(&got)
		},
		"one that returns many": func(db *sqlx.DB, n int) error {
			var got []int
			return db.SelectContext(ctx, &got, insert+` returning n`, n)
		},
		"a transaction": func(db *sqlx.DB, n int) error {
			tx, err := db.BeginTxx(ctx, nil)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, insert, n); err != nil {
				return errors.Join(err, tx.Rollback())
			}
			return tx.Commit()
		},
	}
	pair.Part()
	n := 0
	for name, way := range ways {
		for pool, db := range map[string]*sqlx.DB{"lists": api, "work": work} {
			n++
			err := cutShort(t, admin, func() error { return way(db, n) })
			require.ErrorContains(t, err, "synchronous replication", "%s: %s", pool, name)
			require.True(t, events.Troubled(err), "%s: %s", pool, name)
		}
	}
	var there int
	require.NoError(t, admin.Get(&there, `select count(*) from kept`))
	require.Equal(t, n, there, "the primary has them all, and cannot take them back")
	pair.Join()
	require.NoError(t, ways["a transaction"](work, n+1), "a connection that was fooled is not used again, and the next one works")
}

// What is there already was perhaps written by a commit that the standby lacks. Who
// brings it again is told that it is safe when it is.
func TestAnEventThatIsKnownIsAcknowledgedWhenTheStandbyHasIt(t *testing.T) {
	pair := testdb.NewPair(t)
	admin := sqlx.MustOpen("postgres", pair.Primary()+"&synchronous_commit=local")
	defer admin.Close()
	work, err := ConnectWork(pair.DSN())
	require.NoError(t, err)
	defer work.Close()
	arrived := []channels.Event{{
		Kind: channels.MessageReceived, Sender: channels.SMS, Account: "AC1", SenderAddress: "+15550001111", CustomerAddress: "+15550002222",
		ProviderID: "SM1", At: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Message: &channels.Message{Text: "hello"},
	}}
	record := func(ctx context.Context) error {
		_, err := events.Record(ctx, work, arrived, "AC1", clock.Due{})
		return err
	}

	pair.Part()
	require.ErrorContains(t, cutShort(t, admin, func() error { return record(t.Context()) }), "synchronous replication")
	require.ErrorContains(t, cutShort(t, admin, func() error { return record(t.Context()) }), "synchronous replication", "it is known, and not yet safe")
	pair.Join()
	require.NoError(t, record(t.Context()))
	pair.FailOver()
	var kept int
	require.Eventually(t, func() bool { return work.Get(&kept, `select count(*) from strays`) == nil }, 20*time.Second, 50*time.Millisecond)
	require.Equal(t, 1, kept)
	require.NoError(t, record(t.Context()))
}
