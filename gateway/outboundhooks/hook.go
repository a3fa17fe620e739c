// Package outboundhooks tells companies' own systems what happened: a company names
// HTTPS addresses, and each event that one of them wants is posted there in the
// Standard Webhooks format (https://www.standardwebhooks.com), signed, and again
// for a day until the address takes it.
//
// The hard decision: an event is queued in the transaction of what it tells of,
// and sent by a worker. So nothing is told that did not happen and nothing that
// happened is forgotten; an address may hear of it twice, by the same
// webhook-id, and never waits in anybody's way.
package outboundhooks

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels/httpcall"
	"ringback/settings"
)

// The kinds of events.
const (
	MessageReceived   = "message.received"
	CallMissed        = "call.missed"
	VoicemailReceived = "voicemail.received"
	DecisionMade      = "decision.made"
	DeliveryFailed    = "delivery.failed"
	RequestAnswered   = "request.answered"
	PaymentPaid       = "payment.paid"
	TicketRated       = "ticket.rated"
	Test              = "test" // somebody tries whether an address hears; none asks for it
)

// Kinds is what an address can ask for.
var Kinds = []string{
	MessageReceived, CallMissed, VoicemailReceived, DecisionMade, DeliveryFailed, RequestAnswered, PaymentPaid, TicketRated,
}

// Hook is one address of a company.
type Hook struct {
	ID        string         `db:"id" json:"id" readOnly:"true"`
	URL       string         `db:"url" json:"url" maxLength:"2000" example:"https://example.com/ringback" doc:"An HTTPS address that the internet reaches"`
	Kinds     pq.StringArray `db:"kinds" json:"kinds" minItems:"1" maxItems:"20" nullable:"false" doc:"What is sent there: message.received, call.missed, voicemail.received, decision.made, delivery.failed, request.answered, payment.paid, ticket.rated"`
	Enabled   bool           `db:"enabled" json:"enabled" required:"false" default:"true" doc:"false: nothing is sent there"`
	Former    *time.Time     `db:"former_until" json:"former_secret_until" readOnly:"true" doc:"Until when the secret before this one signs too; null: there is none"`
	CreatedAt time.Time      `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt time.Time      `db:"updated_at" json:"updated_at" readOnly:"true"`
}

const columns = `id, url, kinds, enabled, case when former_until > now() then former_until end former_until, created_at, updated_at`

// most is how many addresses a company may have.
const most = 20

func (c *Dispatcher) check(h Hook) error {
	var wrong settings.Invalid
	code := httpcall.CheckURL(h.URL, c.Loopback)
	wrong.Add(code != "", "url", code)
	for n, kind := range h.Kinds {
		wrong.Add(!slices.Contains(Kinds, kind), fmt.Sprintf("kinds[%d]", n), "event_kind")
	}
	wrong.Bounds("", h)
	return wrong.Err()
}

const add = `
insert into hooks (company_id, id, url, kinds, secret, enabled)
select $1, $2, $3, $4, $5, $6 where (select count(*) from hooks where company_id = $1) < $7
returning ` + columns

// Add keeps a new address and returns it with its secret, which nobody can read
// again.
func (c *Dispatcher) Add(ctx context.Context, company, who string, h Hook) (Hook, string, error) {
	id := uuid.Must(uuid.NewV7()).String()
	shown, sealed, err := c.newSecret(company, id)
	if err != nil {
		return h, "", err
	}
	if err := c.check(h); err != nil {
		return h, "", err
	}
	tx, err := c.DB.BeginTxx(ctx, nil)
	if err != nil {
		return h, "", err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	err = tx.GetContext(ctx, &h, add, company, id, h.URL, h.Kinds, sealed, h.Enabled, most)
	if errors.Is(err, sql.ErrNoRows) {
		return h, "", settings.NewConflict("", "hooks_full", "Count", most)
	}
	if err == nil {
		err = settings.NoteOfCompany(ctx, tx, company, who, "hook", h.ID, nil, h.noted())
	}
	if err == nil {
		err = tx.Commit()
	}
	return h, shown, wrap(err, "a new hook")
}

const list = `
select ` + columns + ` from hooks where company_id = $1 and ($2 = '' or id < nullif($2, '')::uuid) order by id desc limit $3`

// List returns the company's addresses, the newest first.
func (c *Dispatcher) List(ctx context.Context, company, before string, limit int) ([]Hook, error) {
	found := []Hook{}
	return found, wrap(sqlx.SelectContext(ctx, c.DB, &found, list, company, before, limit), "hooks")
}

const (
	lock   = `select ` + columns + ` from hooks where company_id = $1 and id = $2 for update`
	change = `
update hooks set url = $3, kinds = $4, enabled = $5, failures = 0, rests_until = now(), updated_at = now()
where company_id = $1 and id = $2 returning ` + columns
)

// Change edits an address. What waits for one that is switched off is given up.
func (c *Dispatcher) Change(ctx context.Context, company, who, id string, edit func(*Hook) error) (Hook, error) {
	var h Hook
	if !settings.IsID(id) {
		return h, fmt.Errorf("hook %s: %w", id, settings.ErrNotFound)
	}
	tx, err := c.DB.BeginTxx(ctx, nil)
	if err != nil {
		return h, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	if err := tx.GetContext(ctx, &h, lock, company, id); err != nil {
		return h, wrap(err, "hook "+id)
	}
	before := h.noted()
	if err := edit(&h); err != nil {
		return h, err
	}
	if err := c.check(h); err != nil {
		return h, err
	}
	if err := tx.GetContext(ctx, &h, change, company, id, h.URL, h.Kinds, h.Enabled); err != nil {
		return h, wrap(err, "hook "+id)
	}
	if !h.Enabled {
		if err := giveUp(ctx, tx, company, id); err != nil {
			return h, err
		}
	}
	if err := settings.NoteOfCompany(ctx, tx, company, who, "hook", id, before, h.noted()); err != nil {
		return h, err
	}
	return h, tx.Commit()
}

const remove = `
with gone as (delete from hooks where company_id = $1 and id = $2 returning id),
	log as (delete from hook_deliveries where company_id = $1 and hook_id = $2)
select id from gone`

// noted is an address as the history holds it.
type noted struct {
	URL     string   `json:"address"`
	Kinds   []string `json:"kinds"`
	Enabled bool     `json:"enabled"`
}

func (h Hook) noted() noted { return noted{h.URL, append([]string{}, h.Kinds...), h.Enabled} }

// Restore puts back what a change of an address replaced. One that is gone stays so: with
// it went its secret.
func (c *Dispatcher) Restore(ctx context.Context, company, who string, r settings.Reversal) error {
	_, err := c.Change(ctx, company, who, r.Subject, func(h *Hook) error {
		settled, err := r.Settled(h.noted())
		if err != nil {
			return err
		}
		var was noted
		if err := json.Unmarshal(settled, &was); err != nil {
			return err
		}
		h.URL, h.Kinds, h.Enabled = was.URL, was.Kinds, was.Enabled
		return nil
	})
	if !errors.Is(err, settings.ErrNotFound) {
		return err
	}
	if _, err := r.Settled(nil); err != nil { // who deleted it
		return err
	}
	return settings.NewConflict("id", "no_restore", "What", r.What)
}

// Remove deletes an address and its log, unless look has an error about it; nil has none.
func (c *Dispatcher) Remove(ctx context.Context, company, who, id string, look func(Hook) error) error {
	if !settings.IsID(id) {
		return fmt.Errorf("hook %s: %w", id, settings.ErrNotFound)
	}
	tx, err := c.DB.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	var h Hook
	var gone string
	err = tx.GetContext(ctx, &h, lock, company, id)
	if err == nil && look != nil {
		if err := look(h); err != nil {
			return err
		}
	}
	if err == nil {
		err = tx.GetContext(ctx, &gone, remove, company, id)
	}
	if err == nil {
		err = settings.NoteOfCompany(ctx, tx, company, who, "hook", id, h.noted(), nil)
	}
	if err == nil {
		err = tx.Commit()
	}
	return wrap(err, "hook "+id)
}

func wrap(err error, about string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		err = settings.ErrNotFound
	}
	return fmt.Errorf("%s: %w", about, err)
}
