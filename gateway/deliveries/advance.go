package deliveries

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Step is what a provider tells of a message on its way.
type Step struct {
	CompanyID string
	SenderID  string // for whom the callback came
	Status    channels.Status
	At        time.Time
}

// findAll is find for many.
const findAll = `
select g.n, d.company_id, d.id, d.team_id, coalesce(nullif(d.contact_id, '` + NoContact + `')::text, '') as contact_id, d.sender_id, d.kind, d.to_address, d.text, d.state
from rows from (json_to_recordset($1) as (company uuid, sender uuid, ours text, provider_id text)) with ordinality as g (company, sender, ours, provider_id, n)
cross join lateral (select coalesce(
    (select id from deliveries where company_id = g.company and sender_id = g.sender and id = nullif(g.ours, '')::uuid),
    (select id from deliveries where company_id = g.company and sender_id = g.sender and provider_id = g.provider_id limit 1)) as id) found
join deliveries d on d.company_id = g.company and d.id = found.id
order by d.id, g.n
for update of d`

// advance is Move for many.
const advance = `
update deliveries d set state = s.state, provider_id = coalesce(d.provider_id, nullif(s.provider_id, '')), due_at = null,
    reason = '', error_code = s.code, error = s.detail, sent_at = coalesce(d.sent_at, s.at), updated_at = now(),
    ask_at = case when s.state in ('sending', 'sent') then d.ask_at end
from json_to_recordset($1) as s (company_id uuid, id uuid, state text, provider_id text, code text, detail text, at timestamptz)
where d.company_id = s.company_id and d.id = s.id`

// step is how far a delivery comes: the furthest of what is told of it.
type step struct {
	CompanyID  string         `json:"company_id"`
	ID         string         `json:"id"`
	State      channels.State `json:"state"`
	ProviderID string         `json:"provider_id"`
	Code       string         `json:"code"`
	Detail     string         `json:"detail"`
	At         time.Time      `json:"at"`
}

// Advance carries deliveries of one company forward, each as far as the steps lead,
// and returns those that moved. A step that leads nowhere, or that is about no
// delivery of its sender, changes nothing.
func Advance(ctx context.Context, tx sqlx.ExtContext, steps []Step) ([]Moved, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	found, err := findSteps(ctx, tx, steps)
	if err != nil {
		return nil, err
	}
	var moved []Moved
	var further []step
	at := map[string]int{}
	for _, f := range found {
		s := steps[f.N-1]
		n, known := at[f.ID]
		if !known {
			n = len(moved)
		} else {
			f.State = moved[n].State
		}
		if !f.State.Before(s.Status.State) {
			continue
		}
		f.State = s.Status.State
		if !known {
			at[f.ID] = n
			moved = append(moved, f.Moved)
			further = append(further, step{CompanyID: s.CompanyID, ID: f.ID, At: s.At})
		}
		moved[n].State = f.State
		w := &further[n]
		w.State, w.ProviderID, w.Code, w.Detail = f.State, cmp.Or(w.ProviderID, s.Status.ProviderID), s.Status.Code, s.Status.Detail
	}
	if len(further) == 0 {
		return nil, nil
	}
	written, err := json.Marshal(further)
	if err == nil {
		_, err = tx.ExecContext(ctx, advance, string(written))
	}
	if err != nil {
		return nil, fmt.Errorf("move %d deliveries: %w", len(further), err)
	}
	return moved, nil
}

type foundStep struct {
	Moved

	N int `db:"n"`
}

// findSteps locks the deliveries that the steps are about, in the order of their
// ids; each one's steps stand in the order in which they are given.
func findSteps(ctx context.Context, tx sqlx.QueryerContext, steps []Step) ([]foundStep, error) {
	type given struct {
		Company    string `json:"company"`
		Sender     string `json:"sender"`
		Ours       string `json:"ours"` // what stands in the callback for our id may be anything
		ProviderID string `json:"provider_id"`
	}
	asked := make([]given, len(steps))
	for n, s := range steps {
		asked[n] = given{Company: s.CompanyID, Sender: s.SenderID, ProviderID: s.Status.ProviderID}
		if id, err := uuid.Parse(s.Status.Delivery); err == nil {
			asked[n].Ours = id.String()
		}
	}
	raw, err := json.Marshal(asked)
	if err != nil {
		return nil, fmt.Errorf("deliveries: %w", err)
	}
	var found []foundStep
	if err := sqlx.SelectContext(ctx, tx, &found, findAll, string(raw)); err != nil {
		return nil, fmt.Errorf("deliveries of %d callbacks: %w", len(steps), err)
	}
	return found, nil
}
