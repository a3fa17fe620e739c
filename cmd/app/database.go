package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/migrations"
	"ringback/migrations/pg"
	"ringback/settings"
)

// connections bounds the pool: handlers, senders and the intake need about
// fifty at the most, the rest is for doors and the API.
const connections = 60

// A statement is given up by Postgres after statementTimeout, and by us when
// the server has said nothing for silence: a context alone does not free a
// call from a peer that went silent (lib/pq issue 620).
const (
	statementTimeout = 15 * time.Second
	silence          = 25 * time.Second
)

// Database is the pool, and the server behind it when that is ours.
type Database struct {
	*sqlx.DB
	server *pg.Server // nil: somebody else's
}

// openDatabase connects to DATABASE_URL, or starts a Postgres of our own, and
// brings the schema up to date.
func openDatabase(ctx context.Context, c Config, log *slog.Logger) (*Database, error) {
	dsn, d := c.DatabaseURL, &Database{}
	if dsn == "" {
		server, err := pg.Start(ctx, pg.Config{DataDir: c.DataDir, Throwaway: c.Throwaway, Log: log})
		if err != nil {
			return nil, fmt.Errorf("the embedded Postgres: %w", err)
		}
		dsn, d.server = server.DSN(), server
	}
	var err error
	if d.DB, err = Connect(dsn); err == nil {
		err = migrations.Up(ctx, d.DB.DB)
	}
	if err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	return d, nil
}

func (d *Database) close(ctx context.Context) error {
	var err error
	if d.DB != nil {
		err = d.DB.Close()
	}
	if d.server != nil {
		err = errors.Join(err, d.server.Stop(ctx))
	}
	return err
}

// WithDatabase opens the database that a server with this configuration uses,
// its schema up to date, for as long as the work takes. An embedded one that a
// running server holds says so.
func WithDatabase(ctx context.Context, c Config, work func(*Database) error) error {
	d, err := openDatabase(ctx, c, c.Logger())
	if err != nil {
		return err
	}
	return errors.Join(work(d), d.close(ctx))
}

// FirstCompany is the company that the bootstrap key belongs to, made on the
// first start.
func FirstCompany(ctx context.Context, d *Database) (settings.Company, error) {
	return settings.EnsureCompany(ctx, d.DB, "My company")
}

// Connect opens a pool on a Postgres URL.
func Connect(dsn string) (*sqlx.DB, error) {
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errors.New("DATABASE_URL: not an address like postgres://user:password@host/database")
	}
	query := u.Query()
	query.Set("binary_parameters", "yes") // one round trip a query, and safe behind PgBouncer
	if !query.Has("statement_timeout") {
		query.Set("statement_timeout", fmt.Sprint(statementTimeout.Milliseconds()))
	}
	u.RawQuery = query.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	connector.Dialer(dialer{})
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return sqlx.NewDb(pool, "postgres"), nil
}

// dialer makes connections that do not wait for a silent server for ever.
type dialer struct{}

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 15 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return quiet{conn}, nil
}

// quiet is a connection whose every read and write has an end.
type quiet struct{ net.Conn }

func (q quiet) Read(b []byte) (int, error) {
	if err := q.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return q.Conn.Read(b)
}

func (q quiet) Write(b []byte) (int, error) {
	if err := q.SetWriteDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return q.Conn.Write(b)
}
