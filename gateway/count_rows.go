package gateway

import "context"

// early is how many events a process has handled when it has Postgres count the rows of
// the tables that each event writes to. Of a table that was never counted Postgres knows
// nothing, and looks up by the company alone what it could look up by its key; the plan
// stays while the table grows. Autovacuum counts too, but a minute later at best, and
// the first minute is when somebody sends a thousand texts to see what happens.
var early = []int64{50, 500, 5000}

// counted are those tables.
const counted = `analyze (skip_locked) events, messages, decisions, deliveries, tickets, contacts, addresses, standings, calls, notices, hook_deliveries`

const known = `select coalesce((select reltuples from pg_class where oid = 'events'::regclass), 0)::bigint`

// countRows has the rows counted beside what the process is at, when there were few at the
// last time.
func (g *Gateway) countRows(handled int) {
	now := g.handled.Add(int64(handled))
	for _, n := range early {
		if now < n || now-int64(handled) >= n {
			continue
		}
		g.working.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), statement)
			defer cancel()
			var rows int64
			err := g.DB.GetContext(ctx, &rows, known)
			if err == nil && rows < n/2 {
				_, err = g.DB.ExecContext(ctx, counted)
			}
			if err != nil { // autovacuum does it as well
				g.Log.Warn("the rows of the tables were not counted", "error", err)
			}
		})
	}
}
