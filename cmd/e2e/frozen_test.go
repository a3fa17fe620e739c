package e2e

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
	"ringback/migrations/testdb"
)

// TestFrozen: a replica stands still in the middle of a transaction, which has its
// team's lock. Others wait for that team alone, and not for long; when it wakes, what
// it was at is over and done by somebody else.
func TestFrozen(t *testing.T) {
	t.Parallel()
	const otherNumber = "+13125550155"
	sim := twilio.New(twilio.Config{AccountSID: accountSID, AuthToken: authToken, Numbers: []string{ours, otherNumber}, Auto: true})
	dsn := testdb.DSN(t)
	db, err := sqlx.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	env := []string{"DATABASE_URL=" + dsn, "TWILIO_BASE_URL=" + plays(t, sim)}
	freezing, other := newChild(t, env...), newChild(t, env...)
	freezing.start()
	freezing.team()
	freezing.teamAt("Sales", otherNumber)
	asks := func(query string, want int) {
		t.Helper()
		require.Eventually(t, func() bool {
			var n int
			return db.Get(&n, query) == nil && n == want
		}, settled, time.Millisecond, query)
	}
	decided := func(sid string) string { return `select count(*) from decisions where provider_id = '` + sid + `'` }

	// It has claimed the team, and waits for its ticket's number.
	stuck, err := db.Beginx()
	require.NoError(t, err)
	_, err = stuck.Exec(`select from companies for update`)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, freezing.bring(accountSID, authToken, "SMfrozen", customer(0)))
	asks(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`, 1)
	require.NoError(t, freezing.cmd.Process.Signal(syscall.SIGSTOP))
	require.NoError(t, stuck.Rollback())
	asks(`select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`, 1)
	frozen := testdb.Now(t, db)

	other.start()
	require.Equal(t, http.StatusOK, other.bringTo(otherNumber, accountSID, authToken, "SMother", customer(1)))
	asks(decided("SMother"), 1)
	asks(decided("SMfrozen"), 1)
	require.Less(t, testdb.Now(t, db).Sub(frozen), 20*time.Second)

	require.NoError(t, freezing.cmd.Process.Signal(syscall.SIGCONT))
	require.Equal(t, http.StatusOK, freezing.bring(accountSID, authToken, "SMawake", customer(2)))
	asks(decided("SMawake"), 1)
	asks(decided("SMfrozen"), 1)
	asks(`select count(*) from events where handled_at is null`, 0)
	for n := range 3 {
		require.NoError(t, sim.Wait(t.Context(), func(s twilio.State) bool { return len(s.Messages) >= 3 }))
		require.Len(t, sim.Inbox(customer(n)), 1)
	}
	freezing.stop()
	other.stop()
}
