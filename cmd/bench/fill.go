package main

import (
	"context"
	_ "embed"
	"fmt"
	"runtime"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"golang.org/x/sync/errgroup"
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
	var last int // ticket before theirs; those who write at once do not wait for each other
	err := db.GetContext(ctx, &last, `update companies set last_ticket = last_ticket + $2 where id = $1 returning last_ticket - $2`, p.company, len(numbers))
	if err == nil {
		_, err = db.ExecContext(ctx, fill, p.company, p.team.ID, p.sender.ID, pq.Array(numbers), h.met, h.within, h.apart, h.closed, last)
	}
	if err != nil {
		return fmt.Errorf("make customers of before: %w", err)
	}
	return nil
}

const (
	rowsOfCustomer   = 54 // of fill.sql
	customersAtATime = 2000
	regularPrefix    = "+1773" // the beginning of their numbers

	// The time in milliseconds and chance, as in every id that the gateway makes.
	idAt = `
create or replace function id_at(at timestamptz) returns uuid language sql volatile as
$$ select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid $$`

	counted = `analyze contacts, addresses, standings, tickets, events, decisions, deliveries, messages`
)

// fill brings what is stored up to so many rows, on as many connections as there are
// cores, without the gateway's limits on how long a statement may take.
func (p *place) fill(ctx context.Context, rows int) error {
	db, err := sqlx.Open("postgres", p.dsn+"&synchronous_commit=off")
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	defer db.Close()
	all, each := errgroup.WithContext(ctx)
	all.SetLimit(runtime.NumCPU())
	for p.filled*rowsOfCustomer < rows {
		n := min(customersAtATime, (rows-p.filled*rowsOfCustomer+rowsOfCustomer-1)/rowsOfCustomer)
		numbers := make([]string, n)
		for i := range numbers {
			numbers[i] = regular(p.filled + i + 1)
		}
		all.Go(func() error {
			return p.leave(each, db, numbers, history{met: 401, within: 300, apart: 10, closed: true})
		})
		p.filled += n
	}
	if err := all.Wait(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, counted); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

// remember finds who is there in a folder that stayed: those that fill made, how many of
// them wrote, and who was met.
func (p *place) remember(ctx context.Context) error {
	var last int64
	err := p.db.QueryRowContext(ctx, `
select count(distinct a.contact_id), count(distinct a.contact_id) filter (where t.status = 'open')
from addresses a left join tickets t on t.company_id = a.company_id and t.contact_id = a.contact_id and t.status = 'open'
where a.company_id = $1 and a.address like $2 || '%'`, p.company, regularPrefix).Scan(&p.filled, &p.called)
	if err == nil {
		err = p.db.GetContext(ctx, &last, `select coalesce(max(substr(address, length($2) + 1)::bigint), 0) from addresses where company_id = $1 and address like $2 || '%'`, p.company, metPrefix)
	}
	if err != nil {
		return fmt.Errorf("what is stored: %w", err)
	}
	met.Store(max(met.Load(), last-metFrom))
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
func regular(n int) string { return fmt.Sprintf("%s%07d", regularPrefix, n) }
