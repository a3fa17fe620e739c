package contacts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/settings"
	"ringback/settings/fault"
)

// Actor is who writes about a contact of a team, and when.
type Actor struct {
	CompanyID, TeamID string
	Who               string   // their name, or the channel that says so
	StaffID           string   // the id of one of the staff; empty: an API key, or none of them
	Reach             []string // the teams whose customers they may change; nil: all of the company's
	At                time.Time
}

const create = `
with contact as (
	insert into contacts (company_id, id, name, language, blocked_at) values ($1, $3, $4, $5, case when $6 then $7::timestamptz end)
)
insert into standings (company_id, team_id, contact_id) values ($1, $2, $3)`

// Create makes a contact that the team has not heard of yet. An address that
// is somebody's already is a *settings.Conflict.
func Create(ctx context.Context, tx sqlx.ExtContext, by Actor, c Card) (Card, error) {
	if err := c.check(); err != nil {
		return c, err
	}
	c.ID = uuid.Must(uuid.NewV7()).String()
	if _, err := tx.ExecContext(ctx, create, by.CompanyID, by.TeamID, c.ID, c.Name, c.Language, c.Blocked, by.At); err != nil {
		return c, fmt.Errorf("new contact: %w", err)
	}
	if err := by.address(ctx, tx, c.ID, nil, c.Addresses); err != nil {
		return c, err
	}
	if c.OptedOut {
		if err := by.consent(ctx, tx, c); err != nil {
			return c, err
		}
	}
	if err := by.note(ctx, tx, c.ID, nil, noted(c)); err != nil {
		return c, err
	}
	return Find(ctx, tx, by.CompanyID, by.TeamID, c.ID)
}

// note is what the staff did to a contact, in the team's history: not what a
// customer is called and reached at, which is to be erased in one place.
func (by Actor) note(ctx context.Context, tx sqlx.ExtContext, id string, before, after any) error {
	return settings.Note(ctx, tx, by.CompanyID, by.TeamID, by.Who, "contact", id, before, after)
}

func noted(c Card) map[string]any {
	return map[string]any{"blocked": c.Blocked, "opted_out": c.OptedOut, "language": c.Language, "addresses": len(c.Addresses)}
}

// The standing is locked first, as whoever writes to a contact does.
const findLocked = find + ` for update of s`

const update = `
update contacts set name = $3, language = $4, updated_at = now(),
	blocked_at = case when $5 then coalesce(blocked_at, $6::timestamptz) end
where company_id = $1 and id = $2`

// Change runs the change of one contact and stores what comes of it.
func Change(ctx context.Context, tx sqlx.ExtContext, by Actor, id string, change func(*Card) error) (Card, error) {
	before, err := findBy(ctx, tx, findLocked, by.CompanyID, by.TeamID, id)
	if err != nil {
		return before, err
	}
	c := before
	looked := change(&c)
	c.ID = id
	if err := fault.Together(looked, c.check(before.Addresses...)); err != nil {
		return c, err
	}
	if err := by.mayChange(ctx, tx, before, c); err != nil {
		return c, err
	}
	if _, err := tx.ExecContext(ctx, update, by.CompanyID, id, c.Name, c.Language, c.Blocked, by.At); err != nil {
		return c, fmt.Errorf("contact %s: %w", id, err)
	}
	if err := by.address(ctx, tx, id, before.Addresses, c.Addresses); err != nil {
		return c, err
	}
	if c.OptedOut != before.OptedOut {
		if err := by.consent(ctx, tx, c); err != nil {
			return c, err
		}
	}
	was, is := noted(before), noted(c)
	is["name_changed"], is["addresses_changed"] = c.Name != before.Name, !slices.EqualFunc(c.Addresses, before.Addresses, Address.same)
	was["name_changed"], was["addresses_changed"] = false, false
	if err := by.note(ctx, tx, id, was, is); err != nil {
		return c, err
	}
	return Find(ctx, tx, by.CompanyID, by.TeamID, id)
}

func (by Actor) consent(ctx context.Context, tx sqlx.ExecerContext, c Card) error {
	return Consent{
		CompanyID: by.CompanyID, TeamID: by.TeamID, ContactID: c.ID, OptedOut: c.OptedOut,
		Source: "api", Words: c.Words, Who: by.Who, StaffID: by.StaffID, At: by.At,
	}.Record(ctx, tx)
}

const dropAddress = `delete from addresses where company_id = $1 and contact_id = $2 and kind = $3 and address = $4`

// In the order of the key, so that two who add the same addresses wait for
// each other in turn. Whose address is taken gets no row back.
const addAddresses = `
insert into addresses (company_id, kind, address, contact_id, created_at)
select $1, kind, address, $2, clock_timestamp() from unnest($3::text[], $4::text[]) as a (kind, address)
order by kind, address
on conflict do nothing
returning kind || ' ' || address`

// address gives the contact the addresses that are wanted and takes the others.
func (by Actor) address(ctx context.Context, tx sqlx.ExtContext, id string, has, wanted AddressList) error {
	for _, a := range has {
		if slices.ContainsFunc(wanted, a.same) {
			continue
		}
		if _, err := tx.ExecContext(ctx, dropAddress, by.CompanyID, id, a.Kind, a.Address); err != nil {
			return fmt.Errorf("contact %s: address: %w", id, err)
		}
	}
	var kinds, added pq.StringArray
	for _, a := range wanted {
		if !slices.ContainsFunc(has, a.same) {
			kinds, added = append(kinds, a.Kind), append(added, a.Address)
		}
	}
	if len(added) == 0 {
		return nil
	}
	var made []string
	if err := sqlx.SelectContext(ctx, tx, &made, addAddresses, by.CompanyID, id, kinds, added); err != nil {
		return fmt.Errorf("contact %s: addresses: %w", id, err)
	}
	for n, a := range wanted {
		if !slices.ContainsFunc(has, a.same) && !slices.Contains(made, a.Kind+" "+a.Address) {
			return settings.NewConflict(fmt.Sprintf("addresses[%d].address", n), "other_contact")
		}
	}
	return nil
}
