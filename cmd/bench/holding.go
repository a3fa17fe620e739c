package main

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/gateway"
)

// readers is how many snapshots are held beside the transaction that does nothing.
const readers = 4

// holding compares what is replied to a second before and after somebody has kept
// transactions open for long, so that Postgres may not throw away what is done.
func holding(ctx context.Context, p *place, s size, how plan) error {
	at, err := p.gateway((*gateway.Gateway).Start)
	if err != nil {
		return err
	}
	defer at.close()
	before, err := p.turns(ctx, at, how)
	if err != nil {
		return err
	}
	db, err := sqlx.Open("postgres", p.dsn)
	if err != nil {
		return fmt.Errorf("hold: %w", err)
	}
	defer db.Close()
	for i := range 1 + readers {
		isolation, query := sql.LevelRepeatableRead, `select count(*) from decisions limit 1`
		if i == 0 {
			isolation, query = sql.LevelReadCommitted, `select txid_current()`
		}
		tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: isolation})
		if err != nil {
			return fmt.Errorf("hold: %w", err)
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("hold: %w", err)
		}
	}
	for start := time.Now(); time.Since(start) < s.held; {
		if _, err := p.reply(ctx, at, customers(how.texts)); err != nil {
			return err
		}
	}
	after, err := p.turns(ctx, at, how)
	if err != nil {
		return err
	}
	fmt.Printf("Texts replied to with a transaction left idle and %d snapshots held for %s under load, of bare inserts of the same minute\n"+
		"%12s %12s %10s\n%12.3f %12.3f %10.2f\n\n", readers, s.held, "before", "after", "ratio", before, after, after/before)
	return nil
}

// turns is the median of replies by new customers, of bare inserts.
func (p *place) turns(ctx context.Context, at *gatewayAt, how plan) (float64, error) {
	var rates, bare []float64
	for range how.rounds {
		rate, err := p.reply(ctx, at, customers(how.texts))
		if err != nil {
			return 0, err
		}
		floor, err := p.bare(ctx, 16, how)
		if err != nil {
			return 0, err
		}
		rates, bare = append(rates, rate), append(bare, floor)
	}
	return median(rates) / median(bare), nil
}
