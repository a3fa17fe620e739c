package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/loopback"
	"ringback/migrations/testdb"
)

// TestAStartThatMigrates: a new version finds a dump that holds a table. It waits, and
// says how far it is and for whom, to who has the bootstrap key; when it is killed meanwhile, Postgres has done with
// it; when the dump is over, it starts.
func TestAStartThatMigrates(t *testing.T) {
	t.Parallel()
	dsn := testdb.DSN(t)
	db, err := sqlx.Open("postgres", dsn+"&application_name=pg_dump")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	db.MustExec(`alter table hooks drop column former_secret, drop column former_until`)
	db.MustExec(`delete from goose_db_version where version_id = 13`)
	dump, err := db.Beginx()
	require.NoError(t, err)
	dump.MustExec(`lock table hooks in access share mode`)

	addresses, err := loopback.Addresses(1)
	require.NoError(t, err)
	gateway := newChild(t, "DATABASE_URL="+dsn, "ADMIN_LISTEN="+addresses[0])
	waits := func() {
		t.Helper()
		gateway.cmd = gateway.command()
		gateway.cmd.Stderr = testLog{t}
		require.NoError(t, gateway.cmd.Start())
		require.Eventually(t, func() bool {
			status, words, err := gateway.readyz(bootstrapKey)
			return err == nil && status == http.StatusServiceUnavailable &&
				strings.Contains(words, "step 1 of 1") && strings.Contains(words, "waits for pg_dump")
		}, settled, 10*time.Millisecond)
		for _, key := range []string{"", "another key than that"} {
			status, words, err := gateway.readyz(key)
			require.NoError(t, err)
			require.Equal(t, http.StatusServiceUnavailable, status)
			require.Regexp(t, `^not ready\nmigrating( [\dms]+)?\n$`, words, "strangers learn no more")
		}
		status, words := read(t, "http://"+addresses[0]+"/health")
		require.Equal(t, http.StatusOK, status, "nobody is called to bring a Postgres back that is there")
		require.Contains(t, words, `"code":"migrating"`)
		require.Contains(t, words, "waits for pg_dump")
		_, words = read(t, "http://"+addresses[0]+"/metrics")
		require.Contains(t, words, `ringback_warnings{code="migrating",severity="warning"} 1`)
		require.NotContains(t, words, "ringback_database_up 0")
	}
	waits()
	gateway.kill()
	require.Eventually(t, func() bool {
		var left int
		return db.Get(&left, `select count(*) from pg_stat_activity where datname = current_database() and application_name = 'ringback migrations'`) == nil && left == 0
	}, settled, 10*time.Millisecond)
	waits()
	gateway.stop()
	waits()
	t.Cleanup(gateway.kill)
	require.NoError(t, dump.Rollback())
	require.Eventually(t, func() bool { return gateway.readiness() == "ready\n" }, settled, 10*time.Millisecond)
	gateway.stop()
}
