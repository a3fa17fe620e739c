package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/staff"
)

// Stray is an event that no sender claims.
type Stray struct {
	ID         string    `db:"id" json:"id"`
	At         time.Time `db:"received_at" json:"at"`
	Account    string    `db:"account" json:"account" doc:"The provider's account that it came from"`
	Kind       string    `db:"kind" json:"kind"`
	Address    string    `db:"ours" json:"address" doc:"The address that it was for: make it a sender to hear of the next one"`
	From       string    `db:"theirs" json:"from" doc:"Who wrote or called"`
	ProviderID string    `db:"provider_id" json:"provider_id"`
	Fault      string    `db:"fault" json:"fault" doc:"Why it could not be recorded, when that is what made it a stray"`
}

// The accounts are those that the company stored, and the environment's for
// the company that it belongs to.
const listStrays = `
select s.id, s.received_at, s.account, s.kind, s.ours, coalesce(s.payload ->> 'Theirs', '') as theirs, s.provider_id,
	coalesce(s.payload ->> 'fault', '') as fault
from (select account from accounts where company_id = $1 union select unnest(case when $2 then array[$3, ''] end)) a
cross join lateral (
	select * from strays where account = a.account and ($4 = '' or id < nullif($4, '')::uuid) order by id desc limit $5) s
order by s.id desc limit $5`

// Strays are what providers told of addresses that are no senders here, the
// newest first, from the one before that id on.
func (d Desk) Strays(ctx context.Context, who staff.Principal, before string, limit int) ([]Stray, error) {
	found := []Stray{}
	if err := sqlx.SelectContext(ctx, d.DB, &found, listStrays, who.CompanyID, who.CompanyID == d.Company, d.Account, before, limit); err != nil {
		return nil, fmt.Errorf("strays: %w", err)
	}
	return found, nil
}
