package contacts

import (
	"context"
	"fmt"

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
