package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway"
	"ringback/gateway/retention"
)

// keep is how many days are kept, of what fill made up to 401 days old.
const keep = 30

// letting compares texts while nothing else happens with texts while all that is too
// old goes.
func letting(ctx context.Context, p *place, s size, _ plan) error {
	at, err := p.gateway((*gateway.Gateway).Start)
	if err != nil {
		return err
	}
	defer at.close()
	before, err := p.trickle(ctx, at, p.team, time.After(s.calm))
	if err != nil {
		return err
	}
	days := retention.Days{}
	for _, kind := range retention.Kinds {
		n := keep
		*days.Of(kind) = &n
	}
	rows, err := p.older(ctx, days)
	if err != nil {
		return err
	}
	if err := retention.Save(ctx, p.db, p.company, "bench", days); err != nil {
		return err
	}
	walker := &retention.Walker{DB: at.work, Clock: &clock.Clock{}, Log: slog.New(slog.DiscardHandler)}
	start := time.Now()
	walker.Start()
	defer walker.Stop()
	during, err := p.trickle(ctx, at, p.team, p.walked(ctx, s.old))
	if err != nil {
		return err
	}
	took := time.Since(start)
	left, err := p.older(ctx, days)
	if err != nil {
		return err
	}
	fmt.Printf("A team that gets %d texts a second, while what is older than %d days goes: %d of %d rows in %s; milliseconds from acknowledged to delivered\n"+
		"%10s %8s %10s %10s\n%10s %s\n%10s %s\n%10s %8s %10.2f %10.2f\n\n", trickling, keep, rows-left, rows, took.Round(time.Second), "", "texts", "p50", "p99", "before", before, "during", during,
		"ratio", "", during.P50/before.P50, during.P99/before.P99)
	return nil
}

// walked is closed when all walks have ended, or after so long.
func (p *place) walked(ctx context.Context, most time.Duration) <-chan time.Time {
	over := make(chan time.Time)
	go func() {
		defer close(over)
		look := time.NewTicker(time.Second)
		defer look.Stop()
		for start, quiet := time.Now(), 0; time.Since(start) < most && ctx.Err() == nil && quiet < 5; <-look.C {
			var begun, ended int // one walk begins as soon as the one before has ended
			if err := p.db.QueryRowContext(ctx, `select count(*), count(ended_at) from retention_walks where company_id = $1`, p.company).Scan(&begun, &ended); err != nil {
				return
			}
			if quiet++; begun == 0 || ended < begun {
				quiet = 0
			}
		}
	}()
	return over
}

// older counts what is to go, on a connection without the gateway's limits on how long
// a statement may take.
func (p *place) older(ctx context.Context, days retention.Days) (n int, err error) {
	db, err := sqlx.Open("postgres", p.dsn)
	if err != nil {
		return 0, fmt.Errorf("count what is to go: %w", err)
	}
	defer db.Close()
	would, err := retention.Would(ctx, db, p.company, days, time.Now())
	for _, rows := range would {
		n += rows
	}
	return n, err
}
