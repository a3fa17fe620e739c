package outboundhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/fault"
)

// Payload is one line of an address's log.
type Payload struct {
	ID        string          `db:"id" json:"id" doc:"The webhook-id that it is sent with"`
	Kind      string          `db:"kind" json:"kind"`
	State     string          `db:"state" json:"state" enum:"queued,delivered,failed"`
	Attempts  int             `db:"attempts" json:"attempts"`
	DueAt     *time.Time      `db:"due_at" json:"due_at" doc:"When it is tried next; null: not any more"`
	Status    *int            `db:"status" json:"status" doc:"Of the last answer; null: there was none"`
	Error     string          `db:"error" json:"error" doc:"What went wrong the last time"`
	Payload   json.RawMessage `db:"payload" json:"payload" doc:"The body as it is sent"`
	CreatedAt time.Time       `db:"created_at" json:"created_at"`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at"`
}

// Fault is what went wrong the last time. Its code is what the log keeps; an
// entry of a version before has words there instead.
func (p Payload) Fault() settings.Fault {
	f := fault.New("", p.Error)
	if p.Status != nil {
		f.Params = map[string]any{"Status": *p.Status}
	}
	return f
}

const logColumns = `id, kind, state, attempts, due_at, status, error, payload, created_at, updated_at`

const (
	find = `select enabled from hooks where company_id = $1 and id = $2`

	log = `
select ` + logColumns + ` from hook_deliveries
where company_id = $1 and hook_id = $2 and ($3 = '' or id < nullif($3, '')::uuid) order by id desc limit $4`
)

func (c *Dispatcher) enabled(ctx context.Context, company, id string) (bool, error) {
	if !settings.IsID(id) {
		return false, fmt.Errorf("hook %s: %w", id, settings.ErrNotFound)
	}
	var enabled bool
	return enabled, wrap(sqlx.GetContext(ctx, c.DB, &enabled, find, company, id), "hook "+id)
}

func (c *Dispatcher) mustBeOn(ctx context.Context, company, id string) error {
	enabled, err := c.enabled(ctx, company, id)
	if err == nil && !enabled {
		err = settings.NewConflict("enabled", "hook_switch_on")
	}
	return err
}

// Deliveries returns what was or will be sent to an address, the newest first.
func (c *Dispatcher) Deliveries(ctx context.Context, company, hook, before string, limit int) ([]Payload, error) {
	if _, err := c.enabled(ctx, company, hook); err != nil {
		return nil, err
	}
	found := []Payload{}
	return found, wrap(sqlx.SelectContext(ctx, c.DB, &found, log, company, hook, before, limit), "hook "+hook)
}

// What is being posted this moment keeps its count, by which its worker knows it.
const (
	resend = `
update hook_deliveries set attempts = case when state = 'queued' then attempts else 0 end,
	state = 'queued', due_at = now(), expires_at = now() + interval '24 hours', updated_at = now()
where company_id = $1 and hook_id = $2 and id = $3 returning ` + logColumns

	awaken = `update hooks set rests_until = now() where company_id = $1 and id = $2`
)

// Resend has something told once more, at once and for another day, by the same
// webhook-id.
func (c *Dispatcher) Resend(ctx context.Context, company, hook, id string) (Payload, error) {
	var d Payload
	if err := c.mustBeOn(ctx, company, hook); err != nil {
		return d, err
	}
	if !settings.IsID(id) {
		return d, settings.Refuse("delivery", "delivery_id")
	}
	if err := sqlx.GetContext(ctx, c.DB, &d, resend, company, hook, id); err != nil {
		return d, wrap(err, "hook's delivery "+id)
	}
	_, err := c.DB.ExecContext(ctx, awaken, company, hook)
	return d, wrap(err, "hook "+hook)
}
