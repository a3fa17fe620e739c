package main

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jmoiron/sqlx"
)

//go:embed fill.sql
var fillBatch string

const (
	rowsOfCustomer   = 54 // of fill.sql
	customersAtATime = 2000

	// The time in milliseconds and chance, as in every id that the gateway makes.
	idAt = `
create or replace function id_at(at timestamptz) returns uuid language sql volatile as
$$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid $$`

	counted = `analyze contacts, addresses, standings, tickets, events, decisions, deliveries, messages`
)

// fill brings what is stored up to so many rows. Its connection is one without the
// gateway's limits on how long a statement may take.
func (p *place) fill(ctx context.Context, rows int) error {
	db, err := sqlx.Open("postgres", p.dsn)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // the setting is a connection's own
	for _, query := range []string{idAt, `set synchronous_commit = off`} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	for p.filled*rowsOfCustomer < rows {
		n := min(customersAtATime, (rows-p.filled*rowsOfCustomer+rowsOfCustomer-1)/rowsOfCustomer)
		if _, err := db.ExecContext(ctx, fillBatch, p.company, p.team.ID, p.sender.ID, p.filled+1, n); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
		p.filled += n
	}
	if _, err := db.ExecContext(ctx, counted); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

// regulars are the next n customers of those that fill made.
func (p *place) regulars(n int) []string {
	made := make([]string, n)
	for i := range made {
		p.called++
		made[i] = fmt.Sprintf("+1773%07d", p.called)
	}
	return made
}
