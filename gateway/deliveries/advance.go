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

// Moved is a delivery as a status callback finds it.
type Moved struct {
	CompanyID string         `db:"company_id"`
	ID        string         `db:"id"`
	TeamID    string         `db:"team_id"`
	ContactID string         `db:"contact_id"` // empty: it is to one of the staff
	SenderID  string         `db:"sender_id"`
	Kind      channels.Kind  `db:"kind"`
	To        string         `db:"to_address"`
	Text      string         `db:"text"`
	State     channels.State `db:"state"`
	Template  *string        `db:"template"` // channels.Template, as JSON
	Again     bool           `db:"tried_again"`
}

// Find locks the delivery that a step is about; false: there is none.
func Find(ctx context.Context, tx sqlx.QueryerContext, s Step) (Moved, bool, error) {
	found, err := findSteps(ctx, tx, []Step{s})
	if err != nil || len(found) == 0 {
		return Moved{}, false, err
	}
	return found[0].Moved, true, nil
}

// Move carries a delivery that was found as far as the step leads.
func (m Moved) Move(ctx context.Context, tx sqlx.ExecerContext, s Step) error {
	return write(ctx, tx, []moving{movingBy(m, s)})
}

// Advance carries deliveries forward, each as far as the steps lead, and returns
// those that moved. A step that leads nowhere, or that is about no delivery of its
// sender, changes nothing.
func Advance(ctx context.Context, tx sqlx.ExtContext, steps []Step) ([]Moved, error) {
	if len(steps) == 0 {
		return nil, nil
	}
	found, err := findSteps(ctx, tx, steps)
	if err != nil {
		return nil, err
	}
	var moved []Moved
	var further []moving
	for _, f := range found { // those of one delivery stand together
		next := movingBy(f.Moved, steps[f.N-1])
		last := len(moved) - 1
		if last >= 0 && moved[last].ID == f.ID {
			if moved[last].State.Before(next.State) { // the first id and the first time stay
				before := further[last]
				next.ProviderID, next.At = cmp.Or(before.ProviderID, next.ProviderID), before.At
				further[last], moved[last].State = next, next.State
			}
			continue
		}
		if f.State.Before(next.State) {
			f.State = next.State
			moved, further = append(moved, f.Moved), append(further, next)
		}
	}
	if len(further) == 0 {
		return nil, nil
	}
	return moved, write(ctx, tx, further)
}

// advance notes how far deliveries have come. The provider knows them, so there is
// nothing left to send.
const advance = `
update deliveries d set state = s.state, provider_id = coalesce(d.provider_id, nullif(s.provider_id, '')), due_at = null,
    reason = s.reason, error_code = s.code, error = s.detail, sent_at = coalesce(d.sent_at, s.at), updated_at = now(),
    ask_at = case when s.state in ('sending', 'sent') then d.ask_at end
from json_to_recordset($1) as s (company_id uuid, id uuid, state text, provider_id text, reason text, code text, detail text, at timestamptz)
where d.company_id = s.company_id and d.id = s.id`

// moving is a delivery with how far it has come. Its JSON names are columns.
type moving struct {
	CompanyID  string          `json:"company_id"`
	ID         string          `json:"id"`
	State      channels.State  `json:"state"`
	ProviderID string          `json:"provider_id"`
	Reason     channels.Reason `json:"reason"`
	Code       string          `json:"code"`
	Detail     string          `json:"detail"`
	At         time.Time       `json:"at"`
}

func movingBy(m Moved, s Step) moving {
	return moving{m.CompanyID, m.ID, s.Status.State, s.Status.ProviderID, s.Status.Reason, s.Status.Code, s.Status.Detail, s.At}
}

func write(ctx context.Context, tx sqlx.ExecerContext, all []moving) error {
	rows, err := json.Marshal(all)
	if err == nil {
		_, err = tx.ExecContext(ctx, advance, string(rows))
	}
	if err != nil {
		return fmt.Errorf("move delivery %s and %d more: %w", all[0].ID, len(all)-1, err)
	}
	return nil
}

// findAll looks only among the deliveries of the sender that a callback came for:
// whoever may sign for one account must not move another's messages.
const findAll = `
select g.n, d.company_id, d.id, d.team_id, coalesce(nullif(d.contact_id, '` + NoContact + `')::text, '') as contact_id, d.sender_id, d.kind, d.to_address, d.text, d.state, d.template, d.tried_again
from rows from (json_to_recordset($1) as (company uuid, sender uuid, ours text, provider_id text)) with ordinality as g (company, sender, ours, provider_id, n)
cross join lateral (select coalesce(
    (select id from deliveries where company_id = g.company and sender_id = g.sender and id = nullif(g.ours, '')::uuid),
    (select id from deliveries where company_id = g.company and sender_id = g.sender and provider_id = g.provider_id limit 1)) as id) found
join deliveries d on d.company_id = g.company and d.id = found.id
order by d.id, g.n
for update of d`

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
