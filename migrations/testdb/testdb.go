// Package testdb gives every test a database of its own, with the whole schema and
// nothing in it.
//
// The hard decision: the server belongs to the test process. Sharing one between
// the processes of `go test ./...` would need someone to know when the last of them
// has gone, also when it was killed; a server of one's own, copied from a prepared
// cluster and kept in memory where the machine allows it, costs about a tenth of a
// second and dies with its process. With RINGBACK_TEST_DATABASE_URL set to a
// superuser's URL that server is used instead, by any number of processes at once.
package testdb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"ringback/migrations/prepared"
)

// New opens a database with the schema in it and nothing else, for as long as the test
// takes: see Shelf for what may be left of the tests before.
func New(t testing.TB) *sqlx.DB {
	t.Helper()
	db := plain.Use(t)
	db.SetMaxOpenConns(0) // a test before may have wanted fewer
	db.SetMaxIdleConns(mostBusy)
	t.Cleanup(func() { db.SetMaxIdleConns(mostIdle) })
	return db
}

// mostBusy is how many connections a test keeps while it runs: one that is opened for each
// of its statements costs more than all that it asks. mostIdle wait for the next test.
const mostBusy, mostIdle = 32, 4

var plain = Shelf[*sqlx.DB]{
	Open:  open,
	Pool:  func(db *sqlx.DB) *sql.DB { return db.DB },
	Close: (*sqlx.DB).Close,
}

// open has connections that prepare what they run and plan it once, as the gateway's own do,
// for one test after the other: half of what Postgres had to do for the tests was to parse
// and plan the same statements. What an EXPLAIN says is by its values all the same.
func open(_ context.Context, dsn string) (*sqlx.DB, error) {
	address, err := url.Parse(dsn)
	if err != nil {
		return nil, err
	}
	asked := address.Query()
	asked.Set("plan_cache_mode", "force_generic_plan")
	address.RawQuery = asked.Encode()
	connector, err := pq.NewConnector(address.String())
	if err != nil {
		return nil, err
	}
	return sqlx.NewDb(sql.OpenDB(prepared.Connector{Connector: connector}), "postgres"), nil
}

// DSN is the URL of a new database with the schema in it, for tests that start the
// whole service. It is dropped when the test ends, whoever is still connected.
func DSN(t testing.TB) string {
	t.Helper()
	s, err := server()
	require.NoError(t, err)
	name, err := s.create(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		if err := s.drop(context.Background(), name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return withDatabase(s.address, name)
}

// Now is the database's time, for rows that it dates by itself.
func Now(t testing.TB, db *sqlx.DB) time.Time {
	t.Helper()
	var now time.Time
	require.NoError(t, db.GetContext(t.Context(), &now, `select now()`))
	return now
}

// origin is the server that the databases of this process are made on.
type origin struct {
	address  url.URL
	admin    *sql.DB
	template string
	prefix   string // of the names of this process's databases
	made     atomic.Int64
}

// server starts or connects to it at the first call.
var server = sync.OnceValues(func() (*origin, error) {
	ctx := context.Background()
	address, err := given(), error(nil)
	if address == "" {
		address, err = ownServer(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("a Postgres for the tests: %w", err)
	}
	return connect(ctx, address)
})

func connect(ctx context.Context, address string) (*origin, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host+u.RawQuery == "" {
		return nil, fmt.Errorf("%s: not an address like postgres://user:password@host/database", EnvURL)
	}
	s := &origin{address: *u}
	if s.admin, err = sql.Open("postgres", address); err != nil {
		return nil, fmt.Errorf("open the tests' Postgres: %w", err)
	}
	if s.prefix, err = claim(ctx, s.admin); err != nil {
		return nil, fmt.Errorf("claim names for the tests' databases: %w", err)
	}
	hash, err := schemaHash()
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	s.template = "ringback_template_" + hash
	if err := ensureTemplate(ctx, s.admin, s.address, s.template); err != nil {
		return nil, fmt.Errorf("make the template database: %w", err)
	}
	return s, nil
}

// create clones the template. Copying files is several times faster than writing
// the copy to the log, as Postgres does by default.
func (s *origin) create(ctx context.Context) (string, error) {
	name := fmt.Sprintf("%s%d", s.prefix, s.made.Add(1))
	_, err := s.admin.ExecContext(ctx, `create database `+pq.QuoteIdentifier(name)+
		` template `+pq.QuoteIdentifier(s.template)+` strategy file_copy`)
	if err != nil {
		return "", fmt.Errorf("clone the template database: %w", err)
	}
	return name, nil
}

func (s *origin) drop(ctx context.Context, name string) error {
	_, err := s.admin.ExecContext(ctx, `drop database if exists `+pq.QuoteIdentifier(name)+` with (force)`)
	return err
}

// withDatabase points a server's URL at one database. Parameters travel in binary,
// as in the gateway: one round trip a query.
func withDatabase(address url.URL, name string) string {
	address.Path = "/" + name
	q := address.Query()
	q.Set("binary_parameters", "yes")
	address.RawQuery = q.Encode()
	return address.String()
}
