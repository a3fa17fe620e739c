package outboundhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

const tell = `
insert into hook_deliveries (company_id, hook_id, id, kind, payload)
select company_id, id, $2, $3, $4 from hooks where company_id = $1 and enabled and $3 = any(kinds)`

type payload struct {
	Type      string         `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// Tell queues an event for each of the company's addresses that wants its kind,
// in the transaction of what happened. Of the data, empty texts are left out.
func Tell(ctx context.Context, tx sqlx.ExecerContext, company, kind string, at time.Time, data map[string]any) error {
	for name, value := range data {
		if value == "" {
			delete(data, name)
		}
	}
	body, err := json.Marshal(payload{kind, at.UTC(), data})
	if err == nil {
		_, err = tx.ExecContext(ctx, tell, company, uuid.Must(uuid.NewV7()).String(), kind, string(body))
	}
	if err != nil {
		return fmt.Errorf("tell hooks of %s: %w", kind, err)
	}
	return nil
}

const try = `
insert into hook_deliveries (company_id, hook_id, id, kind, payload) values ($1, $2, $3, $4, $5) returning ` + logColumns

// Try sends an address a test event, whatever kinds it asked for.
func (c *Dispatcher) Try(ctx context.Context, company, hook string) (Payload, error) {
	var d Payload
	if err := c.mustBeOn(ctx, company, hook); err != nil {
		return d, err
	}
	body, err := json.Marshal(payload{Test, time.Now().UTC().Truncate(time.Second), map[string]any{"hook": hook}})
	if err != nil {
		return d, err
	}
	if err := sqlx.GetContext(ctx, c.DB, &d, try, company, hook, uuid.Must(uuid.NewV7()).String(), Test, string(body)); err != nil {
		return d, wrap(err, "try hook "+hook)
	}
	_, err = c.DB.ExecContext(ctx, awaken, company, hook)
	return d, wrap(err, "hook "+hook)
}
