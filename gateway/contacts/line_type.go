package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

// A number is asked about once: whoever called from it before is known, or is
// being asked about.
const wantLineType = `
update addresses set lookup_at = coalesce($4::timestamptz, now()), lookup_sender = $3
where company_id = $1 and kind = 'phone' and address = $2 and line_type = '' and lookup_at is null`

// WantLineType has it found out what line a number is, if nobody knows. Whether the
// sender that was called wants to know, settings.WantsLineTypes says.
func WantLineType(ctx context.Context, q sqlx.ExecerContext, company, number, sender string, now clock.Due) error {
	if _, err := q.ExecContext(ctx, wantLineType, company, number, sender, now); err != nil {
		return fmt.Errorf("address %s: what line it is: %w", mask(number), err)
	}
	return nil
}

// Lookup is a number that is ours to ask about until a lease runs out.
type Lookup struct {
	CompanyID string `db:"company_id"`
	Number    string `db:"address"`
	Account   string `db:"account"`      // of the sender that was called; empty: the environment's
	Tries     int    `db:"lookup_tries"` // this one included
}

const claimLookups = `
with due as (
    select company_id, kind, address from addresses where lookup_at <= coalesce($1::timestamptz, now()) order by lookup_at limit $2 for update skip locked
)
update addresses a set lookup_at = coalesce($1::timestamptz, now()) + $3::bigint * interval '1 millisecond', lookup_tries = a.lookup_tries + 1
from due where a.company_id = due.company_id and a.kind = due.kind and a.address = due.address
returning a.company_id, a.address, a.lookup_tries, coalesce((select account from senders s where s.id = a.lookup_sender), '') as account`

// ClaimLookups takes numbers that are due, so many at most.
func ClaimLookups(ctx context.Context, q sqlx.QueryerContext, now clock.Due, most int, lease time.Duration) ([]Lookup, error) {
	var due []Lookup
	if err := sqlx.SelectContext(ctx, q, &due, claimLookups, now, most, lease.Milliseconds()); err != nil {
		return nil, fmt.Errorf("claim lookups: %w", err)
	}
	return due, nil
}

const (
	keepLineType = `update addresses set line_type = $3, lookup_at = null where company_id = $1 and kind = 'phone' and address = $2 and lookup_at is not null`
	putOffLookup = `update addresses set lookup_at = coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond' where company_id = $1 and kind = 'phone' and address = $2 and lookup_at is not null`
)

// Keep remembers what line the number is.
func (l Lookup) Keep(ctx context.Context, q sqlx.ExecerContext, kind string) error {
	if _, err := q.ExecContext(ctx, keepLineType, l.CompanyID, l.Number, kind); err != nil {
		return fmt.Errorf("address %s: line type: %w", mask(l.Number), err)
	}
	return nil
}

// PutOff has it asked again after a while; it is also how a lease runs anew.
func (l Lookup) PutOff(ctx context.Context, q sqlx.ExecerContext, now clock.Due, wait time.Duration) error {
	if _, err := q.ExecContext(ctx, putOffLookup, l.CompanyID, l.Number, now, wait.Milliseconds()); err != nil {
		return fmt.Errorf("address %s: line type: %w", mask(l.Number), err)
	}
	return nil
}
