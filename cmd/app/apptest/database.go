package apptest

import (
	"context"
	"database/sql"
	"log/slog"
	"testing"

	"ringback/cmd/app"
	"ringback/migrations/testdb"
)

// Connections are what a test's App has: Postgres starts a process for each and plans
// every statement in it anew.
const Connections = 6

// Database is one with the whole schema and nothing in it, for Config.Database of what
// the test starts. It is for tests that cut no connections off: those get testdb.DSN.
func Database(t testing.TB) *app.Database {
	t.Helper()
	return databases.Use(t)
}

var databases = testdb.Shelf[*app.Database]{
	Open: func(ctx context.Context, dsn string) (*app.Database, error) {
		return app.OpenDatabase(ctx, app.Config{DatabaseURL: dsn, DatabaseConnections: Connections}, slog.New(slog.DiscardHandler))
	},
	Pool:  func(d *app.Database) *sql.DB { return d.DB.DB },
	Close: (*app.Database).Close,
}
