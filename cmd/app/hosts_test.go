package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/cmd/chaos/wire"
	"ringback/gateway/events"
	"ringback/gateway/live"
	"ringback/migrations/testdb"
)

func TestAnAddressOfSeveralHosts(t *testing.T) {
	for dsn, want := range map[string][]string{
		"postgres://u:p@a,b,c/db":                                 {"a:5432", "b:5432", "c:5432"},
		"postgresql://u:p@/db?host=a,b&port=1,2":                  {"a:1", "b:2"},
		"postgres://u:p@a:1,b,c:3/db?sslmode=disable":             {"a:1", "b:5432", "c:3"},
		"postgres://u:p@a,b/db?port=7":                            {"a:7", "b:7"},
		"postgres://u:p@a:5/db?target_session_attrs=any":          {"a:5"},
		"postgres://u:p@a,b/db?target_session_attrs=read-write":   {"a:5432", "b:5432"},
		"postgres://u:p@/db?host=/run/postgresql,/var/x&port=5,6": {"/run/postgresql:5", "/var/x:6"},
	} {
		u, err := tuned(dsn)
		require.NoError(t, err, dsn)
		h, err := newHosts(u.String(), nil, dialer{})
		require.NoError(t, err, dsn)
		var got []string
		for _, one := range h.each {
			got = append(got, fmt.Sprintf("%s:%d", one.Host, one.Port))
			require.NotEmpty(t, one.TargetSessionAttrs, dsn)
		}
		require.Equal(t, want, got, dsn)
	}
	for _, dsn := range []string{"postgres://u:secret@a:1,b:x/db", "postgres://u:secret@a,b/db?port=1,2,3", "mysql://a,b/db", "postgres://u:secret@a,b/db?target_session_attrs=best"} {
		err := Config{DatabaseURL: dsn, Listen: ":1"}.Check()
		require.ErrorContains(t, err, "DATABASE_URL", dsn)
		require.NotContains(t, err.Error(), "secret")
	}
}

// Of several servers the one that takes writes is found, also when another takes
// connections and answers nothing, as a machine that stands still does.
func TestThePrimaryIsFoundAmongSeveral(t *testing.T) {
	pair := testdb.NewPair(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	host, port, _ := net.SplitHostPort(silent.Addr().String())
	u, err := url.Parse(pair.DSN()) // the standby is the first of the two
	require.NoError(t, err)
	query := u.Query()
	query.Set("host", host+","+query.Get("host"))
	query.Set("port", port+","+query.Get("port"))
	u.RawQuery = query.Encode()

	db, err := Connect(u.String())
	require.NoError(t, err)
	defer db.Close()
	ctx, cancel := context.WithTimeout(t.Context(), connectWithin)
	defer cancel()
	var standby bool
	require.NoError(t, db.GetContext(ctx, &standby, `select pg_is_in_recovery()`))
	require.False(t, standby)
}

// When another server leads, who waits for the one before is let go, though that one says
// nothing any more and its connection stands; also when all connections of a pool wait.
func TestWhoWaitsForALostPrimaryIsLetGo(t *testing.T) {
	pair := testdb.NewPair(t)
	network, server, err := wire.Postgres(pair.Primary())
	require.NoError(t, err)
	cable, err := wire.New(network, server)
	require.NoError(t, err)
	defer cable.Close()
	u, err := url.Parse(pair.DSN())
	require.NoError(t, err)
	query := u.Query()
	host, port, _ := net.SplitHostPort(cable.Address())
	query.Set("host", strings.Split(query.Get("host"), ",")[0]+","+host)
	query.Set("port", strings.Split(query.Get("port"), ",")[0]+","+port)
	u.RawQuery = query.Encode()
	d, err := OpenDatabase(t.Context(), Config{DatabaseURL: u.String()}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer d.close(context.Background())
	hub := live.New(d.DB, slog.New(slog.DiscardHandler))
	woken, end := hub.Listen("v_1")
	defer end()
	hub.Start(d.dsn, d.hosts.listening())
	defer hub.Stop()
	<-woken // it listens
	const waiting = 3
	d.DB.SetMaxOpenConns(waiting)
	failed := make(chan error, waiting)
	for range waiting {
		go func() {
			_, err := d.DB.ExecContext(t.Context(), `select pg_sleep(14)`)
			failed <- err
		}()
	}
	before := sqlx.MustOpen("postgres", pair.Primary())
	defer before.Close()
	require.Eventually(t, func() bool {
		var n int
		return before.Get(&n, `select count(*) from pg_stat_activity where query = 'select pg_sleep(14)' and state = 'active'`) == nil && n == waiting
	}, 10*time.Second, 5*time.Millisecond)

	defer cable.Silence()()
	next := sqlx.MustOpen("postgres", pair.Standby())
	defer next.Close()
	_, err = next.Exec(`select pg_promote()`)
	require.NoError(t, err)
	require.NoError(t, d.lookForPrimary(t.Context()))
	for range waiting {
		select {
		case err := <-failed:
			require.True(t, events.Troubled(err), err)
		case <-time.After(5 * time.Second):
			require.Fail(t, "it still waits for the one that is lost")
		}
	}
	var primary bool
	require.NoError(t, d.DB.Get(&primary, `select not pg_is_in_recovery()`))
	require.True(t, primary)
	select {
	case <-woken: // it listens to the one that leads, and may have missed something
	case <-time.After(15 * time.Second):
		require.Fail(t, "wake-ups are expected of the one that is lost")
	}
}

// A server that has become read-only loses its connections, and what it says is the
// database's trouble. When there is no primary at all, that is trouble as well.
func TestAServerThatIsReadOnlyIsAway(t *testing.T) {
	pair := testdb.NewPair(t)
	only, err := Connect(pair.Standby())
	require.NoError(t, err)
	defer only.Close()
	err = only.PingContext(t.Context())
	require.ErrorContains(t, err, "standby")
	require.True(t, events.Troubled(err))

	db, err := Connect(pair.Primary())
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	var before, after int
	require.NoError(t, db.Get(&before, `select pg_backend_pid()`))
	_, err = db.Exec(`set default_transaction_read_only = on`) // as a server that is demoted without a restart
	require.NoError(t, err)
	_, err = db.Exec(`create table never ()`)
	require.ErrorContains(t, err, "read-only")
	require.True(t, events.Troubled(err))
	require.NoError(t, db.Get(&after, `select pg_backend_pid()`))
	require.NotEqual(t, before, after, "another connection")
}
