package outboundhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

const tell = `
insert into hook_deliveries (company_id, hook_id, id, kind, payload)
select h.company_id, h.id, e.id, e.kind, e.payload
from json_to_recordset($1) as e (company_id uuid, id uuid, kind text, payload jsonb)
join hooks h on h.company_id = e.company_id and h.enabled and e.kind = any(h.kinds)`

// Event is something that happened, as a company's own systems hear of it. Of the
// data, empty texts are left out.
type Event struct {
	CompanyID, Kind string
	At              time.Time
	Data            map[string]any
}

type payload struct {
	Type      string         `json:"type"`
	Timestamp time.Time      `json:"timestamp"`
	Data      map[string]any `json:"data"`
}

// Tell queues events for each of their company's addresses that wants their kind,
// in the transaction of what happened.
func Tell(ctx context.Context, tx sqlx.ExecerContext, all ...Event) error {
	if len(all) == 0 {
		return nil
	}
	type row struct {
		CompanyID string          `json:"company_id"`
		ID        string          `json:"id"`
		Kind      string          `json:"kind"`
		Payload   json.RawMessage `json:"payload"`
	}
	rows := make([]row, len(all))
	for n, e := range all {
		maps.DeleteFunc(e.Data, func(_ string, value any) bool { return value == "" })
		body, err := json.Marshal(payload{e.Kind, e.At.UTC(), e.Data})
		if err != nil {
			return fmt.Errorf("tell hooks of %s: %w", e.Kind, err)
		}
		rows[n] = row{e.CompanyID, uuid.Must(uuid.NewV7()).String(), e.Kind, body}
	}
	told, err := json.Marshal(rows)
	if err == nil {
		_, err = tx.ExecContext(ctx, tell, string(told))
	}
	if err != nil {
		return fmt.Errorf("tell hooks of %s: %w", all[0].Kind, err)
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
