package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/migrations/pg"
)

// Pair is a primary and its synchronous standby, each a server of its own that only
// this test knows.
type Pair struct {
	t                testing.TB
	primary, standby *pg.Server
}

// paired is the name of the test's database on them.
const paired = "paired"

// NewPair starts the two on copies of the prepared cluster, with a database that has
// the schema. Whoever commits on the primary waits for the standby.
func NewPair(t testing.TB) *Pair {
	t.Helper()
	p := &Pair{t: t}
	first, second := clusterCopy(t), clusterCopy(t)
	p.primary = startCopy(t, first)
	require.NoError(t, follow(filepath.Join(second, "postgres", "cluster"), p.conninfo()))
	p.standby = startCopy(t, second)
	hash, err := schemaHash()
	require.NoError(t, err)
	run(t, p.primary, `create database `+paired+` template "ringback_template_`+hash+`"`)
	run(t, p.primary, `alter system set synchronous_standby_names = '*'`)
	run(t, p.primary, `select pg_reload_conf()`)
	p.untilFollowed()
	require.Eventually(t, func() bool {
		db, err := sql.Open("postgres", p.Standby())
		require.NoError(t, err)
		defer db.Close()
		return db.Ping() == nil
	}, 10*time.Second, 5*time.Millisecond, "the standby has the database")
	return p
}

// DSN is the test's database with both servers as hosts.
func (p *Pair) DSN() string {
	u, other := address(p.t, p.standby), address(p.t, p.primary)
	query := u.Query()
	for _, name := range []string{"host", "port"} {
		query.Set(name, query.Get(name)+","+other.Query().Get(name))
	}
	u.Path, u.RawQuery = "/"+paired, query.Encode()
	return u.String()
}

// Part takes the standby from the primary, which goes on waiting for it.
func (p *Pair) Part() {
	p.t.Helper()
	run(p.t, p.standby, `alter system set primary_conninfo = ''`)
	run(p.t, p.standby, `select pg_reload_conf()`)
	require.Eventually(p.t, func() bool { return p.followers() == 0 }, 10*time.Second, 5*time.Millisecond, "the standby lets go")
}

// Join has the standby follow again.
func (p *Pair) Join() {
	p.t.Helper()
	run(p.t, p.standby, `alter system set primary_conninfo = '`+p.conninfo()+`'`)
	run(p.t, p.standby, `select pg_reload_conf()`)
	p.untilFollowed()
}

// FailOver loses the primary, with all that it alone has, and promotes the standby.
func (p *Pair) FailOver() {
	p.t.Helper()
	p.Part()
	atOnce, cancel := context.WithCancel(context.Background())
	cancel()
	_ = p.primary.Stop(atOnce)
	run(p.t, p.standby, `select pg_promote()`)
}

// Primary is the test's database on the primary alone.
func (p *Pair) Primary() string { return own(p.t, p.primary) }

// Standby is the test's database on the standby alone.
func (p *Pair) Standby() string { return own(p.t, p.standby) }

func own(t testing.TB, s *pg.Server) string {
	u := address(t, s)
	u.Path = "/" + paired
	return u.String()
}

func (p *Pair) conninfo() string {
	u := address(p.t, p.primary)
	return fmt.Sprintf("host=%s port=%s user=%s application_name=standby", u.Query().Get("host"), u.Query().Get("port"), u.User.Username())
}

func (p *Pair) untilFollowed() {
	p.t.Helper()
	require.Eventually(p.t, func() bool { return p.followers() == 1 }, 10*time.Second, 5*time.Millisecond, "the standby follows")
}

func (p *Pair) followers() (n int) {
	db, err := sql.Open("postgres", p.primary.DSN())
	require.NoError(p.t, err)
	defer db.Close()
	require.NoError(p.t, db.QueryRow(`select count(*) from pg_stat_replication where sync_state = 'sync'`).Scan(&n))
	return n
}

// run carries a statement out as the superuser, who waits for no standby.
func run(t testing.TB, s *pg.Server, statement string) {
	t.Helper()
	u := address(t, s)
	query := u.Query()
	query.Set("synchronous_commit", "local")
	u.RawQuery = query.Encode()
	db, err := sql.Open("postgres", u.String())
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	require.NoError(t, err, statement)
}

func address(t testing.TB, s *pg.Server) *url.URL {
	u, err := url.Parse(s.DSN())
	require.NoError(t, err)
	return u
}

// clusterCopy is a data folder with the prepared cluster in it, which goes when the
// test ends.
func clusterCopy(t testing.TB) string {
	t.Helper()
	dir, lock, err := prepare(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir); _ = lock.Close() })
	return dir
}

func startCopy(t testing.TB, dir string) *pg.Server {
	t.Helper()
	s, err := pg.Start(t.Context(), config(dir))
	require.NoError(t, err)
	t.Cleanup(func() {
		atOnce, cancel := context.WithCancel(context.Background())
		cancel()
		_ = s.Stop(atOnce)
	})
	return s
}

// follow makes a cluster that was not started a standby.
func follow(cluster, conninfo string) error {
	settings := filepath.Join(cluster, "postgresql.auto.conf")
	f, err := os.OpenFile(settings, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "primary_conninfo = '%s'\n", conninfo); err != nil {
		return err
	}
	signal := filepath.Join(cluster, "standby.signal")
	if err := os.WriteFile(signal, nil, 0o600); err != nil {
		return err
	}
	info, err := os.Stat(cluster)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	return os.Chown(signal, int(owner.Uid), int(owner.Gid))
}
