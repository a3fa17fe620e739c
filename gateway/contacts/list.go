package contacts

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
)

// At begins a sub-select of the one contact that has an address, which follows
// it; $1 is the company. A phone's number goes before a visitor's id that looks
// like it. With one contact Postgres reads just that one's rows, in order.
const At = `select (array_agg(contact_id order by kind))[1] from addresses
	where company_id = $1 and kind in ('phone', 'whatsapp', 'visitor') and address = `

const list = `select ` + cardColumns + ofTeam + `
	and ($3 = '' or s.contact_id = (` + At + `$3))
	and ($4 = '' or s.contact_id < nullif($4, '')::uuid)
order by s.contact_id desc limit $5`

// List returns the customers that a team has met, the newest first, from the
// one before that id on. Address is one of theirs, or empty.
func List(ctx context.Context, q sqlx.QueryerContext, company, team, address, before string, limit int) ([]Card, error) {
	found := []Card{}
	if err := sqlx.SelectContext(ctx, q, &found, list, company, team, address, before, limit); err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	return found, nil
}

// Names are read in their own order, so that a page of a wide search costs no
// more than that of a narrow one. The cards are looked up one by one: the
// offset keeps Postgres from reading all contacts to join a page of them.
const byName = `
select card.* from (
	(select id from contacts c where company_id = $1 and lower(name) like $3
		and exists (select from standings s where s.company_id = $1 and s.team_id = $2 and s.contact_id = c.id)
	order by lower(name) using ~<~ limit $4)
	union
	(select id from contacts c where company_id = $1 and lower(substring(name from '[^ ]*$')) like $3
		and exists (select from standings s where s.company_id = $1 and s.team_id = $2 and s.contact_id = c.id)
	order by lower(substring(name from '[^ ]*$')) using ~<~ limit $4)
) hit` + eachCard

const byAddress = `
select card.* from (
	select distinct id from (
		select contact_id as id from addresses h where company_id = $1 and address like $3
			and exists (select from standings s where s.company_id = $1 and s.team_id = $2 and s.contact_id = h.contact_id)
		order by address using ~<~ limit $4) few
) hit` + eachCard

const eachCard = `
cross join lateral (select ` + cardColumns + ofTeam + ` and s.contact_id = hit.id offset 0) card
order by lower(card.name), card.id limit $4`

// Search returns the customers of a team whose name, last name or address
// begins like that, by name; at most so many.
func Search(ctx context.Context, q sqlx.QueryerContext, company, team, text string, limit int) ([]Card, error) {
	query, pattern := byName, strings.ToLower(strings.TrimSpace(text))
	if number := asNumber(pattern); number != "" {
		query, pattern = byAddress, number
	}
	found := []Card{}
	escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(pattern) + "%"
	if err := sqlx.SelectContext(ctx, q, &found, query, company, team, escaped, limit); err != nil {
		return nil, fmt.Errorf("search contacts: %w", err)
	}
	return found, nil
}

// asNumber is the beginning of a phone number as it is stored, from how people
// write one; empty: it is none.
func asNumber(text string) string {
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "").Replace(text)
	digits, _ = strings.CutPrefix(digits, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return "+" + digits
}
