// Package contacts is the customers, per company: who they are, how they are
// reached, and how they stand with each team.
//
// The hard decision: none of a contact's addresses is its key. People change
// numbers, and some come without one.
package contacts

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	number "ringback/channels/phone"
	"ringback/gateway/rules"
)

// Contact is a customer as one team meets them at one address.
type Contact struct {
	ID            string     `db:"id"`
	Name          string     `db:"name"`
	Language      string     `db:"language"`
	BlockedAt     *time.Time `db:"blocked_at"`
	UnreachableAt *time.Time `db:"unreachable_at"`  // of the address
	Unreachable   string     `db:"unreachable_for"` // the provider's code that said so; Lock alone tells it
	LineType      string     `db:"line_type"`       // of the address; empty: nobody knows
	OptedOutAt    *time.Time `db:"opted_out_at"`    // of the team
	SenderOutAt   *time.Time `db:"sender_out_at"`   // opted out of one sender alone, or of the whole company
	Ours          bool       `db:"ours"`            // the address is a sender of this gateway: two of them could talk for ever
	NearRefusalAt *time.Time `db:"near_refusal_at"` // what may be an opt-out waits for the staff
	StaffID       string     `db:"staff_id"`        // whose phone it is of the staff, who are no customers; empty: nobody's
	PausedUntil   *time.Time `db:"paused_until"`
	AdvisorAt     *time.Time `db:"advisor_at"`
}

// Known is the contact as far as deciding goes.
func (c Contact) Known() rules.Contact {
	known := rules.Contact{
		Name: c.Name, Language: c.Language,
		Blocked: c.BlockedAt != nil, Unreachable: c.UnreachableAt != nil, LineType: c.LineType,
		OptedOut: c.OptedOutAt != nil || c.SenderOutAt != nil, InDoubt: c.NearRefusalAt != nil, Staff: c.StaffID, Ours: c.Ours,
	}
	for _, at := range []*time.Time{c.OptedOutAt, c.SenderOutAt} {
		if at != nil && at.After(known.OptedOutAt) {
			known.OptedOutAt = *at
		}
	}
	if c.PausedUntil != nil {
		known.PausedUntil = *c.PausedUntil
	}
	if c.AdvisorAt != nil {
		known.AdvisorAt = *c.AdvisorAt
	}
	return known
}

// AddressKind is the kind of address by which a channel knows a customer. SMS,
// calls and WhatsApp share phone numbers: it is the same person.
func AddressKind(channel channels.Kind, address string) string {
	switch {
	case channel == channels.WebChat:
		return "visitor"
	case len(address) > 0 && address[0] != '+' && (channel == channels.WhatsAppTwilio || channel == channels.WhatsAppCloud):
		return "whatsapp"
	default:
		return "phone"
	}
}

// Customer is who is met at an address, by a sender of the team's.
type Customer struct {
	Kind     string `json:"kind"` // AddressKind
	Address  string `json:"address"`
	Name     string `json:"name"` // as the channel tells it; for a contact who is new
	SenderID string `json:"sender_id"`
}

// given is a row that stands for a customer in a statement.
type given struct {
	Customer

	CompanyID string `json:"company_id"`
	TeamID    string `json:"team_id,omitempty"` // empty: none
	ID        string `json:"id"`                // of the contact, if they are new
}

func rowsOf(company, team string, all []Customer) (string, error) {
	rows := make([]given, len(all))
	for n, c := range all {
		rows[n] = given{c, company, team, uuid.Must(uuid.NewV7()).String()}
	}
	raw, err := json.Marshal(rows)
	return string(raw), err
}

// CustomerAt is the customer whom a channel knows by an address.
func CustomerAt(channel channels.Kind, address, name, sender string) Customer {
	return Customer{Kind: AddressKind(channel, address), Address: address, Name: name, SenderID: sender}
}

// staffOf is the id of the one of the staff who has one of the phones of contact c,
// however it is written on the channel.
const staffOf = `coalesce((select min(m.id::text) from staff m where m.company_id = $1 and m.active and m.phone <> ''
        and m.phone = any(array(select o.address from addresses o where o.company_id = $1 and o.contact_id = c.id))), '') as staff_id`

// meet finds contacts by their addresses and locks their standing with the team,
// which keeps any other event of theirs waiting until the transaction ends. The
// lock on the contact itself keeps it from being merged into another. Everybody
// locks in the order of the contacts' ids, so that no two wait for each other. An
// exists instead of the sub-select would read all opt-outs of the sender. Each step
// looks up what the one before it found, and Postgres has no say in that: while
// tables are small it would find it tempting to read all standings for each batch, and
// go on doing so while they grow.
const meet = `
select g.n, c.id, c.name, c.language, c.blocked_at, g.unreachable_at, g.line_type, s.opted_out_at, s.near_refusal_at, s.paused_until, s.advisor_at,
    (select max(o.at) from sender_opt_outs o where o.company_id = $1 and o.sender_id in (nullif(g.sender_id, '')::uuid, $1) and o.contact_id = c.id) as sender_out_at,
    exists (select from senders own where own.address = g.address and own.kind <> 'webchat') as ours,
    ` + staffOf + `
from (
    select given.*, a.* from rows from (json_to_recordset($3) as (kind text, address text, sender_id text)) with ordinality as given (kind, address, sender_id, n)
    cross join lateral (
        select contact_id, unreachable_at, line_type from addresses
        where company_id = $1 and addresses.kind = given.kind and addresses.address = given.address offset 0) a
    order by a.contact_id, given.n offset 0
) g
cross join lateral (select * from standings where company_id = $1 and team_id = $2 and standings.contact_id = g.contact_id and met for update) s
cross join lateral (select * from contacts where company_id = $1 and contacts.id = s.contact_id for key share) c`

// Meet returns the contacts of addresses, made if they are new, and locks their
// standings with the team until the transaction ends. Addresses of one person
// return the same contact.
func Meet(ctx context.Context, tx sqlx.ExtContext, company, team string, at ...Customer) ([]Contact, error) {
	rows, err := rowsOf(company, team, at)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	for range 3 {
		var found []struct {
			Contact

			N int `db:"n"`
		}
		if err := sqlx.SelectContext(ctx, tx, &found, meet, company, team, rows); err != nil {
			return nil, fmt.Errorf("contact of %s %s and %d more: %w", at[0].Kind, mask(at[0].Address), len(at)-1, err)
		}
		met, known := make([]Contact, len(at)), make([]bool, len(at))
		for _, row := range found {
			met[row.N-1], known[row.N-1] = row.Contact, true
		}
		var strangers []Customer
		for n, a := range at {
			if !known[n] {
				strangers = append(strangers, a)
			}
		}
		if len(strangers) == 0 {
			return met, nil
		}
		if err := add(ctx, tx, company, team, strangers); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("contact of %s %s: made, but not found", at[0].Kind, mask(at[0].Address))
}

// FindOrCreate is Meet for one address.
func FindOrCreate(ctx context.Context, tx sqlx.ExtContext, company, team, sender string, channel channels.Kind, address, name string) (Contact, error) {
	met, err := Meet(ctx, tx, company, team, CustomerAt(channel, address, name, sender))
	if err != nil {
		return Contact{}, err
	}
	return met[0], nil
}

const claim = `
with who as (
    select c.id from addresses a join contacts c on c.company_id = $1 and c.id = a.contact_id
    where a.company_id = $1 and a.kind = $3 and a.address = $4 for key share of c
)
insert into standings (company_id, team_id, contact_id, met) select $1, $2, id, false from who
on conflict (company_id, team_id, contact_id) do update set contact_id = excluded.contact_id returning contact_id`

// Claim returns the id of whose address it is that somebody gave who has proven
// nothing, made if it is nobody's, and locks their standing with the team as FindOrCreate
// does. The team has not met them by that: it sees nothing of them that it did not see
// before.
func Claim(ctx context.Context, tx sqlx.ExtContext, company, team string, channel channels.Kind, address string) (id string, err error) {
	at := CustomerAt(channel, address, "", "")
	for range 3 { // it may become another's meanwhile
		if err := add(ctx, tx, company, "", []Customer{at}); err != nil {
			return "", err
		}
		if err = sqlx.GetContext(ctx, tx, &id, claim, company, team, at.Kind, address); !errors.Is(err, sql.ErrNoRows) {
			break
		}
	}
	if err != nil {
		return "", fmt.Errorf("contact of %s %s: %w", at.Kind, mask(address), err)
	}
	return id, nil
}

// insert makes contacts with their first address each, and standings for those
// whom the team meets for the first time. When two transactions make the same
// one, the second waits here for the first and then makes none. They go in by
// their keys, so that the two wait for no more than each other's first.
const insert = `
with given as (
    select distinct on (kind, address) * from json_to_recordset($1) as g (company_id uuid, team_id uuid, id uuid, kind text, address text, name text)
    order by kind, address
), made as (
    insert into addresses (company_id, kind, address, contact_id) select company_id, kind, address, id from given order by kind, address
    on conflict do nothing returning contact_id
), contact as (
    insert into contacts (company_id, id, name) select g.company_id, contact_id, g.name from made join given g on g.id = made.contact_id
), met as (
    select g.company_id, g.team_id, made.contact_id from made join given g on g.id = made.contact_id
    union
    select g.company_id, g.team_id, a.contact_id
    from given g join addresses a on a.company_id = g.company_id and a.kind = g.kind and a.address = g.address
)
insert into standings (company_id, team_id, contact_id)
select * from met where team_id is not null order by contact_id
on conflict (company_id, team_id, contact_id) do update set met = true where not standings.met`

// add makes what is missing of contacts and of their standings with the team;
// without a team, of contacts alone.
func add(ctx context.Context, tx sqlx.ExecerContext, company, team string, at []Customer) error {
	rows, err := rowsOf(company, team, at)
	if err == nil {
		_, err = tx.ExecContext(ctx, insert, rows)
	}
	if err != nil {
		return fmt.Errorf("contact of %s %s: %w", at[0].Kind, mask(at[0].Address), err)
	}
	return nil
}

const nameless = `
with contact as (insert into contacts (company_id, id, name) values ($1, $2, $4))
insert into standings (company_id, team_id, contact_id) values ($1, $3, $2)`

// Nameless makes a contact without an address, for a caller who withheld it.
func Nameless(ctx context.Context, tx sqlx.ExecerContext, company, team string) (Contact, error) {
	return Unproven(ctx, tx, company, team, "")
}

// Unproven makes a contact without an address, for somebody who gave a name, or
// none, and has proven nothing.
func Unproven(ctx context.Context, tx sqlx.ExecerContext, company, team, name string) (Contact, error) {
	c := Contact{ID: uuid.Must(uuid.NewV7()).String(), Name: name}
	if _, err := tx.ExecContext(ctx, nameless, company, c.ID, team, name); err != nil {
		return c, fmt.Errorf("contact without an address: %w", err)
	}
	return c, nil
}

// mask shortens an address for errors and logs.
func mask(address string) string { return number.Short(address) }
