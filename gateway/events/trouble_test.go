package events_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/channels/clock"
	"ringback/gateway/events"
	"ringback/migrations/testdb"
)

// TestTroubledIsWhatSaysNothingOfTheEvent tells what waits for its end from what
// counts against an event.
func TestTroubledIsWhatSaysNothingOfTheEvent(t *testing.T) {
	for what, c := range map[string]struct {
		err  error
		want bool
	}{
		"a statement that took too long":     {&pq.Error{Code: "57014"}, true},
		"a lock that was not to be had":      {&pq.Error{Code: "55P03"}, true},
		"a deadlock":                         {&pq.Error{Code: "40P01"}, true},
		"a server that is being shut down":   {&pq.Error{Code: "57P01"}, true},
		"too many connections":               {&pq.Error{Code: "53300"}, true},
		"a connection that was cut":          {&pq.Error{Code: "08006"}, true},
		"a full disk":                        {&pq.Error{Code: "53100"}, true},
		"a transaction ended while idle":     {&pq.Error{Code: "25P03"}, true},
		"nobody listens":                     {fmt.Errorf("handle: %w", &net.OpError{Op: "dial", Err: errors.New("connection refused")}), true},
		"a bad connection":                   {fmt.Errorf("handle: %w", driver.ErrBadConn), true},
		"our own limit of time":              {fmt.Errorf("handle: %w", context.DeadlineExceeded), true},
		"a text that Postgres will not take": {&pq.Error{Code: "22021"}, false},
		"a row that is there already":        {&pq.Error{Code: "23505"}, false},
		"a statement of ours that is wrong":  {&pq.Error{Code: "42601"}, false},
		"a disk of ours that is full":        {fmt.Errorf("keep: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}), false},
		"a panic":                            {errors.New("panic: index out of range"), false},
	} {
		require.Equal(t, c.want, events.Troubled(c.err), what)
	}
}

// TestWhatWaitsForTheDatabaseCountsNothing: a fault of its own counts an attempt,
// trouble of the database's does not, and both are put off.
func TestWhatWaitsForTheDatabaseCountsNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	happen(t, db, uuid.NewString(), "SM1", 1)
	tx := begin(t, db)
	claimed, _ := claim(t, tx, 1)
	require.NoError(t, tx.Rollback())
	e, now := claimed[0], clock.At(time.Unix(1, 0))
	for _, c := range []struct {
		put  func(events.Event) error
		want int
	}{
		{func(e events.Event) error {
			return events.Wait(t.Context(), db, e, errors.New("a lock"), now, time.Second)
		}, 0},
		{func(e events.Event) error {
			return events.Postpone(t.Context(), db, e, errors.New("a panic"), now, time.Second)
		}, 1},
		{func(e events.Event) error {
			return events.Wait(t.Context(), db, e, errors.New("a lock"), now, time.Second)
		}, 1},
	} {
		require.NoError(t, c.put(e))
		var attempts int
		require.NoError(t, db.Get(&attempts, `select attempts from events where id = $1`, e.ID))
		require.Equal(t, c.want, attempts)
	}
}

// TestWhoAsksMayLeave: a statement that is under way then ends with an error of Postgres's
// own, which does not say that nobody wants its answer any more.
func TestWhoAsksMayLeave(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	left, leave := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := db.ExecContext(left, `select pg_sleep(60) /* who leaves */`)
		ended <- err
	}()
	require.Eventually(t, func() bool {
		var runs bool
		require.NoError(t, db.Get(&runs, `select exists (select from pg_stat_activity where datname = current_database() and query like '%/* who leaves */' and pid <> pg_backend_pid() and state = 'active')`))
		return runs
	}, 10*time.Second, 2*time.Millisecond)
	leave()
	err := <-ended
	require.Error(t, err)
	require.True(t, events.AskerLeft(left, err), "%v", err)
	require.False(t, events.AskerLeft(t.Context(), &pq.Error{Code: "57014"}), "a statement that took too long")
	require.False(t, events.AskerLeft(left, &pq.Error{Code: "42601"}), "a statement of ours that is wrong")
	late, end := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer end()
	require.False(t, events.AskerLeft(late, late.Err()), "our own limit of time")
}
