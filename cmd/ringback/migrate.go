package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"ringback/cmd/app"
	"ringback/cmd/progress"
	"ringback/migrations"
	"ringback/migrations/pg"
)

type migrate struct {
	Up     migrateUp     `cmd:"" help:"Bring the schema up to date. The server does this itself when it starts."`
	Status migrateStatus `cmd:"" help:"List the migrations and when each was applied."`
}

type (
	migrateUp     struct{}
	migrateStatus struct{}
)

// Run applies what is pending.
func (migrateUp) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	return app.WithDatabase(ctx, c, func(db *app.Database) error {
		err := up(ctx, db, c.Logger(), out.progress())
		if err != nil || !out.json {
			return err
		}
		return list(ctx, db, out)
	})
}

// up migrates. A terminal has a line in the place of the log, which says the same.
func up(ctx context.Context, db *app.Database, log *slog.Logger, told *progress.Line) error {
	if !told.Rewrites() {
		return db.Migrate(ctx, log, nil)
	}
	defer told.End()
	return db.Migrate(ctx, nil, func(run *migrations.Run) {
		told.Begin(progress.Step{What: "The database is migrated", Words: func() string { return run.Progress().String() }})
	})
}

// Run prints the migrations.
func (migrateStatus) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if c.DatabaseURL == "" && !pg.Made(pg.Config{DataDir: c.DataDir}) { // to look at one does not make it
		return errNeedsDatabase
	}
	return app.WithDatabase(ctx, c, func(db *app.Database) error { return list(ctx, db, out) })
}

// step is a migration as a program reads it.
type step struct {
	Version   int64      `json:"version"`
	Name      string     `json:"name"`
	AppliedAt *time.Time `json:"applied_at"` // null: it is pending
}

func list(ctx context.Context, db *app.Database, out output) error {
	all, err := migrations.Status(ctx, db.DB.DB)
	if err != nil {
		return err
	}
	table, steps := tabwriter.NewWriter(out.words(), 0, 0, 2, ' ', 0), []step{}
	for _, one := range all {
		applied, s := "pending", step{Version: one.Version, Name: one.Name}
		if !one.AppliedAt.IsZero() {
			at := one.AppliedAt.UTC()
			applied, s.AppliedAt = at.Format(time.RFC3339), &at
		}
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\n", one.Version, one.Name, applied)
		steps = append(steps, s)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return out.value(items[step]{steps})
}

var errNeedsDatabase = errors.New("DATABASE_URL is not set; the embedded database is looked after by the server itself")
