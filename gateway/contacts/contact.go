// Package contacts is the customers, per company: who they are, how they are
// reached, and how they stand with each team.
//
// The hard decision: none of a contact's addresses is its key. People change
// numbers, and some come without one.
package contacts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Contact is a customer as one team meets them at one address.
type Contact struct {
	ID            string     `db:"id"`
	Name          string     `db:"name"`
	Language      string     `db:"language"`
	BlockedAt     *time.Time `db:"blocked_at"`
	UnreachableAt *time.Time `db:"unreachable_at"` // of the address
	OptedOutAt    *time.Time `db:"opted_out_at"`   // of the team
	SenderOptOut  bool       `db:"sender_opt_out"` // of one sender alone
	Ours          bool       `db:"ours"`           // the address is a sender of this gateway: two of them could talk for ever
	PausedUntil   *time.Time `db:"paused_until"`
	AdvisorAt     *time.Time `db:"advisor_at"`
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

// meet finds a contact by address and locks its standing with the team, which
// keeps any other event of the two waiting until the transaction ends. The
// lock on the contact itself keeps it from being merged into another. An exists
// instead of the last sub-select would read all opt-outs of the sender.
const meet = `
with found as (
    select a.contact_id, a.unreachable_at from addresses a
    where a.company_id = $1 and a.kind = $2 and a.address = $3
), standing as (
    insert into standings (company_id, team_id, contact_id)
    select $1, $4, contact_id from found
    on conflict (company_id, team_id, contact_id) do update set contact_id = excluded.contact_id
    returning opted_out_at, paused_until, advisor_at
)
select c.id, c.name, c.language, c.blocked_at, f.unreachable_at, s.opted_out_at, s.paused_until, s.advisor_at,
    (select o.at from sender_opt_outs o where o.company_id = $1 and o.sender_id = $5 and o.contact_id = c.id) is not null as sender_opt_out,
    exists (select from senders own where own.address = $3 and own.kind <> 'webchat') as ours
from found f join contacts c on c.company_id = $1 and c.id = f.contact_id, standing s
for key share of c`

// FindOrCreate returns the contact of an address, made if it is new, and locks its
// standing with the team until the transaction ends.
func FindOrCreate(ctx context.Context, tx sqlx.ExtContext, company, team, sender string, channel channels.Kind, address, name string) (Contact, error) {
	kind := AddressKind(channel, address)
	for range 2 {
		var c Contact
		err := sqlx.GetContext(ctx, tx, &c, meet, company, kind, address, team, sender)
		if err == nil {
			return c, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return c, fmt.Errorf("contact of %s %s: %w", kind, mask(address), err)
		}
		if err := add(ctx, tx, company, kind, address, name); err != nil {
			return c, err
		}
	}
	return Contact{}, fmt.Errorf("contact of %s %s: made, but not found", kind, mask(address))
}

// insert makes a contact with its first address. When two transactions make
// the same one, the second waits here for the first and then makes none.
const insert = `
with address as (
    insert into addresses (company_id, kind, address, contact_id) values ($1, $2, $3, $4)
    on conflict do nothing returning contact_id
)
insert into contacts (company_id, id, name) select $1, contact_id, $5 from address`

func add(ctx context.Context, tx sqlx.ExecerContext, company, kind, address, name string) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("contact of %s %s: %w", kind, mask(address), err)
	}
	if _, err := tx.ExecContext(ctx, insert, company, kind, address, id.String(), name); err != nil {
		return fmt.Errorf("contact of %s %s: %w", kind, mask(address), err)
	}
	return nil
}

const nameless = `
with contact as (insert into contacts (company_id, id) values ($1, $2))
insert into standings (company_id, team_id, contact_id) values ($1, $3, $2)`

// Nameless makes a contact without an address, for a caller who withheld it.
func Nameless(ctx context.Context, tx sqlx.ExecerContext, company, team string) (Contact, error) {
	c := Contact{ID: uuid.Must(uuid.NewV7()).String()}
	if _, err := tx.ExecContext(ctx, nameless, company, c.ID, team); err != nil {
		return c, fmt.Errorf("contact without an address: %w", err)
	}
	return c, nil
}

// mask shortens an address for errors and logs: enough to recognize it beside
// the page, too little to call it.
func mask(address string) string {
	if len(address) <= 6 {
		return "…"
	}
	return address[:len(address)-6] + "…" + address[len(address)-2:]
}
