package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
)

// Consent is one opt-out or opt-in with its evidence.
type Consent struct {
	CompanyID, TeamID, ContactID string
	SenderID                     string // set: for this sender alone
	OptedOut                     bool
	Source                       string // message, provider, api, import, erased
	Words                        string // what was said, or the provider's code
	EventID                      string // empty: none
	Who                          string // the name of who recorded it; empty: the gateway
	StaffID                      string // and their id; empty: an API key, or none of the staff
	At                           time.Time
}

const consent = `
with evidence as (
    insert into consents (company_id, id, team_id, contact_id, sender_id, opted_out, source, words, event_id, at, who, staff_id)
    values ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $7, $8, nullif($9, '')::uuid, $10, $11, nullif($12, '')::uuid)
), team_wide as (
    insert into standings (company_id, team_id, contact_id, opted_out_at)
    select $1, $3, $4, case when $6 then $10::timestamptz end where $5 = ''
    on conflict (company_id, team_id, contact_id) do update set opted_out_at = excluded.opted_out_at, ` + settled + `
), one_sender as (
    insert into sender_opt_outs (company_id, sender_id, contact_id, at)
    select $1, nullif($5, '')::uuid, $4, $10 where $5 <> '' and $6
    on conflict do nothing
), given_up as (
    delete from pending_stops p using addresses a, events e
    where not $6 and a.company_id = $1 and a.contact_id = $4 and p.company_id = $1 and p.team_id = $3 and p.address = a.address
      and e.company_id = $1 and e.id = p.event_id and e.handled_at is not null
), erased as (
    delete from erased_opt_outs e using addresses a
    where not $6 and a.company_id = $1 and a.contact_id = $4 and e.company_id = $1 and e.team_id = $3 and e.digest = erased_digest($1, a.address)
)
delete from sender_opt_outs o using senders s
where not $6 and o.company_id = $1 and o.contact_id = $4 and s.company_id = $1 and s.team_id = $3 and o.sender_id = s.id`

// Record writes an opt-out or opt-in down and puts it in force, whatever they may
// have meant before. An opt-in lifts the opt-outs from the team's single senders as well, a STOP whose
// handling was given up, and one of somebody who was erased.
func (c Consent) Record(ctx context.Context, q sqlx.ExecerContext) error {
	id, err := uuid.NewV7()
	if err == nil {
		_, err = q.ExecContext(ctx, consent, c.CompanyID, id.String(), c.TeamID, c.ContactID, c.SenderID, c.OptedOut, c.Source, c.Words, c.EventID, c.At, c.Who, c.StaffID)
	}
	if err != nil {
		return fmt.Errorf("contact %s: consent: %w", c.ContactID, err)
	}
	return nil
}

const pause = `
insert into standings (company_id, team_id, contact_id, paused_until) values ($1, $2, $3, $4)
on conflict (company_id, team_id, contact_id) do update set paused_until = excluded.paused_until`

// Pause keeps automatic messages from a contact until a time.
func Pause(ctx context.Context, q sqlx.ExecerContext, company, team, contact string, until time.Time) error {
	if _, err := q.ExecContext(ctx, pause, company, team, contact, until); err != nil {
		return fmt.Errorf("contact %s: pause: %w", contact, err)
	}
	return nil
}

const unreachable = `
update addresses set unreachable_at = $4, unreachable_for = $5
where company_id = $1 and kind = $2 and address = $3 and unreachable_at is null`

// Unreachable remembers that no text reaches an address, and the provider's
// code that said so.
func Unreachable(ctx context.Context, q sqlx.ExecerContext, company, kind, address, code string, at time.Time) error {
	if _, err := q.ExecContext(ctx, unreachable, company, kind, address, at, code); err != nil {
		return fmt.Errorf("address %s: unreachable: %w", mask(address), err)
	}
	return nil
}
