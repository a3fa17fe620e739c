package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"ringback/cmd/app"
	"ringback/migrations"
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
func (migrateUp) Run(ctx context.Context) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	return app.WithDatabase(ctx, c, func(db *app.Database) error { return db.Migrate(ctx, c.Logger(), nil) })
}

// Run prints the migrations.
func (migrateStatus) Run(ctx context.Context, out io.Writer) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if c.DatabaseURL == "" {
		return errNeedsDatabase
	}
	return app.WithDatabase(ctx, c, func(db *app.Database) error {
		all, err := migrations.Status(ctx, db.DB.DB)
		if err != nil {
			return err
		}
		return list(out, all)
	})
}

func list(out io.Writer, all []migrations.Migration) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, one := range all {
		applied := "pending"
		if !one.AppliedAt.IsZero() {
			applied = one.AppliedAt.UTC().Format(time.RFC3339)
		}
		_, _ = fmt.Fprintf(table, "%d\t%s\t%s\n", one.Version, one.Name, applied)
	}
	return table.Flush()
}

var errNeedsDatabase = errors.New("DATABASE_URL is not set; the embedded database is looked after by the server itself")
