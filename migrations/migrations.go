// Package migrations holds the database's schema, as numbered SQL files that are
// compiled into the binary, and brings a database up to it.
//
// The hard decision: forward only. A gateway that is being replaced replica by
// replica has two versions on one database for a while, so every file has to leave
// the previous version working; a way back down would promise something that no
// one has ever tried on a database with customers in it. Going back is a restored
// backup or one more file.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed *.sql
var files embed.FS

// Files is the schema as it is compiled in: one NNNN_name.sql a step.
func Files() fs.FS { return files }

// Migration is one step of the schema and when this database took it.
type Migration struct {
	Version   int64
	Name      string    // the file's name, "0001_start.sql"
	AppliedAt time.Time // zero while it is pending
}

// Up takes every pending step, each in a transaction of its own, however long it
// takes: see Run for who wants to be told how far it is.
func Up(ctx context.Context, db *sql.DB) error { return (&Run{DB: db}).Up(ctx) }

// UpTo takes the steps of these versions and no others, such as those that a
// backup had taken. One that this binary does not know is an error.
func UpTo(ctx context.Context, db *sql.DB, versions []int64) error {
	known, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	var others []int64
	wanted := slices.Clone(versions)
	for _, source := range known.ListSources() {
		if n := slices.Index(wanted, source.Version); n >= 0 {
			wanted = slices.Delete(wanted, n, n+1)
		} else {
			others = append(others, source.Version)
		}
	}
	if len(wanted) > 0 {
		return fmt.Errorf("step %d of the schema: %w", wanted[0], ErrNewer)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithExcludeVersions(others), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// ErrNewer is a step that a newer version of Ringback has taken.
var ErrNewer = errors.New("made by a newer version of Ringback")

// Status lists every step this binary knows, oldest first. It writes nothing: a
// database that was never migrated has all of them pending.
func Status(ctx context.Context, db *sql.DB) ([]Migration, error) { return status(ctx, db, files) }

func status(ctx context.Context, db *sql.DB, steps fs.FS) ([]Migration, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, steps)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	taken, err := applied(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("read the database's version: %w", err)
	}
	var list []Migration
	for _, s := range provider.ListSources() {
		list = append(list, Migration{Version: s.Version, Name: path.Base(s.Path), AppliedAt: taken[s.Version]})
	}
	return list, nil
}

// applied is when each step was taken. Goose itself would make its table to find
// that there is none.
func applied(ctx context.Context, db *sql.DB) (map[int64]time.Time, error) {
	var there bool
	if err := db.QueryRowContext(ctx, `select to_regclass('goose_db_version') is not null`).Scan(&there); err != nil || !there {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `select version_id, max(tstamp) from goose_db_version where is_applied group by 1`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	taken := map[int64]time.Time{}
	for rows.Next() {
		var version int64
		var at time.Time
		if err := rows.Scan(&version, &at); err != nil {
			return nil, err
		}
		taken[version] = at
	}
	return taken, rows.Err()
}

// Pending counts the steps that this binary knows and the database has not taken.
func Pending(ctx context.Context, db *sql.DB) (int, error) {
	list, err := Status(ctx, db)
	return len(pending(list)), err
}

func pending(list []Migration) []Migration {
	return slices.DeleteFunc(slices.Clone(list), func(m Migration) bool { return !m.AppliedAt.IsZero() })
}
