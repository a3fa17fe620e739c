package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/cmd/app"
	"ringback/gateway/events"
)

type givenUp struct {
	List  eventsList  `cmd:"" help:"List the events whose handling failed again and again, the newest first."`
	Retry eventsRetry `cmd:"" help:"Have events handled anew that were given up."`
}

// most is how many are listed, or taken up at once.
const most = 1000

type eventsList struct{}

// Run lists one event a line: id, team, kind, when, why.
func (eventsList) Run(ctx context.Context, out output) error {
	return ofCompany(ctx, func(db *app.Database, company string) error {
		all, err := events.ListGivenUp(ctx, db, company, nil, "", most)
		if err != nil {
			return err
		}
		for _, e := range all {
			fmt.Fprintf(out.words(), "%s\t%s\t%s\t%s\t%s\n", e.ID, e.Team, e.Kind, e.At.Format(time.RFC3339), e.Fault)
		}
		if len(all) == 0 {
			fmt.Fprintln(out.words(), "no event was given up")
		}
		return out.value(items[events.GivenUp]{all})
	})
}

type eventsRetry struct {
	ID  []string `arg:"" optional:"" help:"Ids of events."`
	All bool     `help:"All that were given up."`
}

// Run takes them up again; the running server handles them within a second.
func (r eventsRetry) Run(ctx context.Context, out output) error {
	if (len(r.ID) > 0) == r.All {
		return errors.New("name events by their ids, or all of them by --all")
	}
	return ofCompany(ctx, func(db *app.Database, company string) error {
		ids := r.ID
		if r.All {
			all, err := events.ListGivenUp(ctx, db, company, nil, "", most)
			if err != nil {
				return err
			}
			for _, e := range all {
				ids = append(ids, e.ID)
			}
		}
		for _, id := range ids {
			if err := retryEvent(ctx, db.DB, company, id); err != nil {
				return err
			}
		}
		fmt.Fprintf(out.words(), "%d taken up again\n", len(ids))
		return out.value(map[string]int{"retried": len(ids)})
	})
}

func retryEvent(ctx context.Context, db *sqlx.DB, company, id string) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if _, err := events.Retry(ctx, tx, company, nil, id, clock.Due{}); err != nil {
		return err
	}
	return tx.Commit()
}

// ofCompany works on the database that the server uses, for its first company.
func ofCompany(ctx context.Context, work func(db *app.Database, company string) error) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	return app.WithSchema(ctx, c, func(db *app.Database) error {
		company, err := app.FirstCompany(ctx, db)
		if err != nil {
			return err
		}
		return work(db, company.ID)
	})
}
