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
	SenderID                     string // set: for this sender alone, whatever the company chose
	To                           string // the sender that it was said to; empty: it was not said to one, or on a web chat
	OptedOut                     bool
	Source                       string // message, provider, api, import, erased, unblocked
	Words                        string // what was said, or the provider's code
	EventID                      string // empty: none
	Who                          string // the name of who recorded it; empty: the gateway
	StaffID                      string // and their id; empty: an API key, or none of the staff
	At                           time.Time
}

// A STOP holds as far as the company chose, an opt-in as far as a STOP would. Where
// it lifts a part of an opt-out that reaches further, the rest of that stays. Of two
// STOPs the later one's time is kept: a START from between them lifts neither. Who says
// STOP waits for no answer in writing any more: their tickets leave the lists of who
// waits until they write or call again, but for a web chat, which goes on, and for a
// call that nobody took, which can be called back.
const consent = `
with place as (
    select scope, coalesce(nullif($5, '')::uuid, case when scope = 'sender' then nullif($13, '')::uuid end) as sender
    from (select coalesce((select opt_out_scope from companies where id = $1), 'team') as scope) chosen
), evidence as (
    insert into consents (company_id, id, team_id, contact_id, sender_id, opted_out, source, words, event_id, at, who, staff_id)
    select $1, $2, $3, $4, sender, $6, $7, $8, nullif($9, '')::uuid, $10, $11, nullif($12, '')::uuid from place
), team_wide as (
    insert into standings (company_id, team_id, contact_id, opted_out_at)
    select $1, $3, $4, case when $6 then $10::timestamptz end from place where sender is null or not $6
    on conflict (company_id, team_id, contact_id) do update set opted_out_at = case when $6 then greatest(standings.opted_out_at, excluded.opted_out_at) end, ` + settled + `
), further as (
    insert into sender_opt_outs (company_id, sender_id, contact_id, at)
    select $1, coalesce(sender, $1), $4, $10 from place where $6 and (sender is not null or scope = 'company')
    on conflict (company_id, sender_id, contact_id) do update set at = excluded.at where sender_opt_outs.at < excluded.at
), waits_no_more as (
    update tickets t set waiting_since = null from place
    where $6 and $9 <> '' and $7 <> 'provider' and t.company_id = $1 and t.contact_id = $4 and t.waiting_since is not null and t.active_at <= $10
      and t.team_id = any(array(select g.id from teams g, place where g.company_id = $1 and (place.scope = 'company' or g.id = $3))) and (place.sender is null or t.sender_id = place.sender)
      and not exists (select from senders s where s.company_id = t.company_id and s.id = t.sender_id and s.kind = 'webchat')
      and not exists (select from calls c where c.company_id = t.company_id and c.ticket_id = t.id
        and c.settled_at >= t.waiting_since and c.outcome <> 'answered' and not c.outgoing)
), lifted as (
    select at from sender_opt_outs where not $6 and company_id = $1 and sender_id = $1 and contact_id = $4
), all_teams as (
    update standings set opted_out_at = null
    where not $6 and (select scope from place) = 'company' and company_id = $1 and contact_id = $4 and team_id <> $3
      and team_id in (select id from teams where company_id = $1) and opted_out_at is not null
), other_teams as (
    insert into standings (company_id, team_id, contact_id, opted_out_at, met)
    select $1, t.id, $4, lifted.at, false from lifted, place, teams t where place.scope <> 'company' and t.company_id = $1 and t.id <> $3 order by t.id
    on conflict (company_id, team_id, contact_id) do update set opted_out_at = coalesce(standings.opted_out_at, excluded.opted_out_at)
), other_senders as (
    insert into sender_opt_outs (company_id, sender_id, contact_id, at)
    select $1, s.id, $4, wide.at
    from (select coalesce((select opted_out_at from standings where company_id = $1 and team_id = $3 and contact_id = $4), (select at from lifted)) as at) wide, place, senders s
    where not $6 and place.sender is not null and wide.at is not null and s.company_id = $1 and s.team_id = $3 and s.id <> place.sender and s.kind <> 'webchat'
    on conflict do nothing
), ends as (
    select s.id from senders s, place where not $6 and s.company_id = $1
      and (place.scope = 'company' or s.team_id = $3 and (place.sender is null or s.id = place.sender))
    union all
    select t.id from teams t, place where not $6 and t.company_id = $1 and (place.scope = 'company' or t.id = $3)
    union all
    select $1 where not $6
), given_up as (
    delete from pending_stops p using addresses a, events e
    where not $6 and a.company_id = $1 and a.contact_id = $4 and p.company_id = $1 and p.team_id in (select id from ends) and p.address = a.address
      and e.company_id = $1 and e.id = p.event_id and e.handled_at is not null
), erased as (
    delete from erased_opt_outs e using addresses a
    where not $6 and a.company_id = $1 and a.contact_id = $4 and e.company_id = $1 and e.digest = erased_digest($1, a.address)
      and (e.team_id in (select id from ends) or e.sender_id in (select id from ends))
)
delete from sender_opt_outs where not $6 and company_id = $1 and contact_id = $4 and sender_id in (select id from ends)`

// Record writes an opt-out or opt-in down and puts it in force, whatever they may
// have meant before. An opt-in lifts what stands of single senders within its reach
// as well, a STOP whose handling was given up, and one of somebody who was erased.
func (c Consent) Record(ctx context.Context, q sqlx.ExecerContext) error {
	id, err := uuid.NewV7()
	if err == nil {
		_, err = q.ExecContext(ctx, consent, c.CompanyID, id.String(), c.TeamID, c.ContactID, c.SenderID, c.OptedOut, c.Source, c.Words, c.EventID, c.At, c.Who, c.StaffID, c.To)
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

const reached = `update addresses set unreachable_at = null, unreachable_for = null where company_id = $1 and kind = $2 and address = $3`

// Reached forgets that no text reaches an address, since one has.
func Reached(ctx context.Context, q sqlx.ExecerContext, company, kind, address string) error {
	if _, err := q.ExecContext(ctx, reached, company, kind, address); err != nil {
		return fmt.Errorf("address %s: reached: %w", mask(address), err)
	}
	return nil
}

// Unreachable remembers that no text reaches an address, and the provider's
// code that said so.
func Unreachable(ctx context.Context, q sqlx.ExecerContext, company, kind, address, code string, at time.Time) error {
	if _, err := q.ExecContext(ctx, unreachable, company, kind, address, at, code); err != nil {
		return fmt.Errorf("address %s: unreachable: %w", mask(address), err)
	}
	return nil
}
