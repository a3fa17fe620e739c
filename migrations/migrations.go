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
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
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

// lockWaitSeconds bounds how long a replica waits while another one migrates.
const lockWaitSeconds = 600

// Up takes every pending step, each in a transaction of its own. Replicas may call
// it at the same moment: one migrates under a session lock and the others wait for
// it. A step that was written at the same time as a later one and came after it is
// taken too: none builds on one with a higher number. A database that a newer version has already taken further is left as it is.
func Up(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, lockWaitSeconds))
	if err != nil {
		return fmt.Errorf("migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// Status lists every step this binary knows, oldest first.
func Status(ctx context.Context, db *sql.DB) ([]Migration, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	steps, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the database's version: %w", err)
	}
	list := make([]Migration, len(steps))
	for i, s := range steps {
		list[i] = Migration{Version: s.Source.Version, Name: path.Base(s.Source.Path), AppliedAt: s.AppliedAt}
	}
	return list, nil
}

// Pending counts the steps that this binary knows and the database has not taken.
func Pending(ctx context.Context, db *sql.DB) (int, error) {
	list, err := Status(ctx, db)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, m := range list {
		if m.AppliedAt.IsZero() {
			n++
		}
	}
	return n, nil
}
