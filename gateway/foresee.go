package gateway

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/gateway/events"
	"ringback/gateway/rules"
)

// What a transaction raised is younger than its beginning.
const raised = `
select company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, attempts, payload from events
where company_id = $1 and id > $2 and team_id = $3 and kind = any($4) and xmin = pg_current_xact_id()::xid
order by id limit 1`

// raisedSince is the event of one of those kinds that the transaction has raised,
// and what it tells; sql.ErrNoRows: it raised none. Began is an id that is older than
// what it made.
func raisedSince(ctx context.Context, tx *sqlx.Tx, company, team, began string, kinds []channels.EventKind) (events.Event, any, error) {
	names := pq.StringArray{}
	for _, kind := range kinds {
		names = append(names, string(kind))
	}
	var e events.Due
	if err := sqlx.GetContext(ctx, tx, &e, raised, company, began, team, names); err != nil {
		return events.Event{}, nil, fmt.Errorf("the event of %v: %w", names, err)
	}
	payload, err := e.Decode()
	return e.Event, payload, err
}

// Foresee is what will be decided about the question to a customer that the
// transaction has raised, as it stands at this moment: who asks is told at once that
// it would not go out, and why. False: it raised none. Began is an id that is older
// than what the transaction made.
func (g *Gateway) Foresee(ctx context.Context, tx *sqlx.Tx, company, team, began string) (rules.Decision, bool, error) {
	e, payload, err := raisedSince(ctx, tx, company, team, began,
		[]channels.EventKind{rules.Requested, rules.Shared, rules.TicketDone, rules.TicketClosed})
	if errors.Is(err, sql.ErrNoRows) {
		return rules.Decision{}, false, nil
	}
	if err != nil {
		return rules.Decision{}, false, fmt.Errorf("foresee: %w", err)
	}
	c, err := g.load(ctx, tx, e, payload)
	if err != nil {
		return rules.Decision{}, false, fmt.Errorf("foresee: %w", err)
	}
	return rules.Decide(c.Situation), true, nil
}
