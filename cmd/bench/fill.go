package main

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

//go:embed fill.sql
var fill string

// history is what customers leave behind, in days.
type history struct {
	met    float64 // how long ago the first of them came at the earliest
	within float64 // how much later the others may have come
	apart  float64 // from one text to the next
	closed bool    // their tickets
}

// leave gives customers with these numbers a history.
func (p *place) leave(ctx context.Context, db *sqlx.DB, numbers []string, h history) error {
	_, err := db.ExecContext(ctx, idAt)
	if err == nil {
		_, err = db.ExecContext(ctx, fill, p.company, p.team.ID, p.sender.ID, pq.Array(numbers), h.met, h.within, h.apart, h.closed)
	}
	if err != nil {
		return fmt.Errorf("make customers of before: %w", err)
	}
	return nil
}

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
	if _, err := db.ExecContext(ctx, `set synchronous_commit = off`); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	for p.filled*rowsOfCustomer < rows {
		n := min(customersAtATime, (rows-p.filled*rowsOfCustomer+rowsOfCustomer-1)/rowsOfCustomer)
		numbers := make([]string, n)
		for i := range numbers {
			numbers[i] = regular(p.filled + i + 1)
		}
		if err := p.leave(ctx, db, numbers, history{met: 401, within: 300, apart: 10, closed: true}); err != nil {
			return err
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
		made[i] = regular(p.called)
	}
	return made
}

// regular is the number of the nth customer that fill made.
func regular(n int) string { return fmt.Sprintf("+1773%07d", n) }
