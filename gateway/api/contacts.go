package api

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

// contact is a customer as a team sees them.
type contact struct {
	ID        string          `db:"id" json:"id" readOnly:"true"`
	Name      string          `db:"name" json:"name" maxLength:"200"`
	Language  string          `db:"language" json:"language" maxLength:"16" doc:"Of texts to them; empty: the team's"`
	Blocked   bool            `db:"blocked" json:"blocked" doc:"Gets no automatic message from anybody in the company"`
	OptedOut  bool            `db:"opted_out" json:"opted_out" readOnly:"true" doc:"Asked this team for no more automatic messages"`
	Addresses json.RawMessage `db:"addresses" json:"addresses" readOnly:"true" doc:"List of kind, address and whether it is known to be unreachable"`
	CreatedAt time.Time       `db:"created_at" json:"created_at" readOnly:"true"`
	UpdatedAt time.Time       `db:"updated_at" json:"updated_at" readOnly:"true"`
}

const contactColumns = `c.id, c.name, c.language, c.blocked_at is not null as blocked, s.opted_out_at is not null as opted_out,
	(select coalesce(json_agg(json_build_object('kind', a.kind, 'address', a.address, 'unreachable', a.unreachable_at is not null)
			order by a.created_at, a.address), '[]')
		from addresses a where a.company_id = c.company_id and a.contact_id = c.id) as addresses,
	c.created_at, c.updated_at`

// contactAt begins a sub-select of the one contact that has an address, which
// follows it. With one contact Postgres reads just that one's rows, in order.
const contactAt = `select contact_id from addresses where company_id = $1 and kind in ('phone', 'whatsapp', 'visitor') and address = `

const contactsOfTeam = `
from standings s join contacts c on c.company_id = s.company_id and c.id = s.contact_id
where s.company_id = $1 and s.team_id = $2`

type contactsQuery struct {
	Team string `path:"team"`
	rest.Page
	Address string `query:"address" maxLength:"200"`
}

const listContacts = `select ` + contactColumns + contactsOfTeam + `
	and ($3 = '' or s.contact_id = (` + contactAt + `$3))
	and ($4 = '' or s.contact_id < nullif($4, '')::uuid)
order by s.contact_id desc limit $5`

func (r routes) listContacts(ctx context.Context, in *contactsQuery) (*rest.Answer[rest.List[contact]], error) {
	_, address := idOr(in.Address)
	return rest.Listed(in.Page, func(c contact) string { return c.ID }, func(before string, limit int) ([]contact, error) {
		found := []contact{}
		err := sqlx.SelectContext(ctx, r.DB, &found, listContacts, staff.From(ctx).CompanyID, in.Team, address, before, limit)
		if err != nil {
			return nil, fmt.Errorf("contacts: %w", err)
		}
		return found, nil
	})
}

type contactBody struct {
	TicketPath
	rest.JSON
}

const findContact = `select ` + contactColumns + contactsOfTeam + ` and s.contact_id = $3`

const updateContact = `
update contacts set name = $3, language = $4, updated_at = now(),
	blocked_at = case when $5 then coalesce(blocked_at, $6::timestamptz) end
where company_id = $1 and id = $2`

func (r routes) changeContact(ctx context.Context, in *contactBody) (*rest.Answer[contact], error) {
	company := staff.From(ctx).CompanyID
	c, err := r.findContact(ctx, company, in.Team, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.Onto(&c); err != nil {
		return nil, err
	}
	if err := settings.CheckLanguage("language", c.Language); c.Language != "" && err != nil {
		return nil, err
	}
	if _, err := r.DB.ExecContext(ctx, updateContact, company, in.ID, c.Name, c.Language, c.Blocked, r.Clock.Now()); err != nil {
		return nil, fmt.Errorf("contact %s: %w", in.ID, err)
	}
	return rest.Answered(r.findContact(ctx, company, in.Team, in.ID))
}

func (r routes) findContact(ctx context.Context, company, team, id string) (contact, error) {
	var c contact
	err := sqlx.GetContext(ctx, r.DB, &c, findContact, company, team, id)
	if errors.Is(err, sql.ErrNoRows) {
		return c, settings.ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("contact %s: %w", id, err)
	}
	return c, nil
}
