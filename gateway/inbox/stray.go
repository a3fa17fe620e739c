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
	Note       string    `db:"note" json:"note,omitempty" doc:"Of a note: what it is about, in the provider's word"`
	Address    string    `db:"ours" json:"address" doc:"The address that it was for: make it a sender to hear of the next one"`
	From       string    `db:"theirs" json:"from" doc:"Who wrote or called"`
	ProviderID string    `db:"provider_id" json:"provider_id"`
	Fault      string    `db:"fault" json:"fault" doc:"Why it could not be recorded, when that is what made it a stray"`
}

// The accounts are those that the company stored. What came of none that anybody
// stored was signed by the environment's secrets, which are the first company's: at
// Meta each number is an account of its own.
const listStrays = `
select s.id, s.received_at, coalesce(nullif(s.account, ''), s.payload ->> 'Business', '') as account, s.kind, coalesce(s.payload -> 'Note' ->> 'kind', '') as note, s.ours, coalesce(s.payload ->> 'Theirs', '') as theirs, s.provider_id,
	coalesce(s.payload ->> 'fault', '') as fault
from (
	(select s.* from (select distinct account from accounts where company_id = $1) a
		cross join lateral (select * from strays where account = a.account and ($3 = '' or id < nullif($3, '')::uuid) order by id desc limit $4) s)
	union all
	(select * from strays s where $2 and ($3 = '' or id < nullif($3, '')::uuid)
		and not exists (select from accounts a where a.account = s.account) order by id desc limit $4)
) s
order by s.id desc limit $4`

// Strays are what providers told of addresses that are no senders here, the
// newest first, from the one before that id on.
func (d Desk) Strays(ctx context.Context, who staff.Principal, before string, limit int) ([]Stray, error) {
	found := []Stray{}
	if err := sqlx.SelectContext(ctx, d.DB, &found, listStrays, who.CompanyID, who.CompanyID == d.Company, before, limit); err != nil {
		return nil, fmt.Errorf("strays: %w", err)
	}
	return found, nil
}
