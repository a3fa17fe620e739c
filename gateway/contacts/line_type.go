package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

// Texts is whether whoever has the address a has ever texted us: such a number takes
// texts, and nobody is paid to say so.
const Texts = `exists (select from messages m join senders own on own.id = m.sender_id and own.kind = 'sms'
    where m.company_id = a.company_id and m.contact_id = a.contact_id and m.author = 'customer' and m.event_id is not null)`

// A number is asked about once: whoever called from it or was texted before is known,
// or is being asked about.
const wantLineType = `
update addresses a set lookup_at = coalesce(a.lookup_at, $4::timestamptz, now()), lookup_sender = coalesce(a.lookup_sender, $3)
where a.company_id = $1 and a.kind = 'phone' and a.address = $2 and a.line_type = '' and (a.lookup_at is not null or $5 and not ` + Texts + `)`

// WantLineType has it found out what line a number is, if nobody knows and the sender
// that was called or that is to text it wants to know, which settings.WantsLineTypes
// says. It reports whether it is being found out, by whomever it was wanted, and holds
// back until the transaction ends who would keep the answer.
func WantLineType(ctx context.Context, q sqlx.ExecerContext, company, number, sender string, wanted bool, now clock.Due) (bool, error) {
	result, err := q.ExecContext(ctx, wantLineType, company, number, sender, now, wanted)
	if err != nil {
		return false, fmt.Errorf("address %s: what line it is: %w", mask(number), err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

const takesTexts = `update addresses set line_type = '' where company_id = $1 and kind = 'phone' and address = $2 and line_type = $3`

// TakesTexts forgets what line a number was said to be, since a text came from there.
func TakesTexts(ctx context.Context, q sqlx.ExecerContext, company, number, said string) error {
	if _, err := q.ExecContext(ctx, takesTexts, company, number, said); err != nil {
		return fmt.Errorf("address %s: takes texts: %w", mask(number), err)
	}
	return nil
}

const lineType = `select coalesce((select line_type from addresses where company_id = $1 and kind = 'phone' and address = $2), '')`

// LineType is what line a number is, as far as anybody said.
func LineType(ctx context.Context, q sqlx.QueryerContext, company, number string) (string, error) {
	var kind string
	if err := sqlx.GetContext(ctx, q, &kind, lineType, company, number); err != nil {
		return "", fmt.Errorf("address %s: line type: %w", mask(number), err)
	}
	return kind, nil
}

// Lookup is a number that is ours to ask about until a lease runs out.
type Lookup struct {
	CompanyID string `db:"company_id"`
	Number    string `db:"address"`
	Account   string `db:"account"`      // of the sender that wants to know; empty: the environment's
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
	keepLineType = `update addresses set line_type = $3, lookup_at = null where company_id = $1 and kind = 'phone' and address = $2 and coalesce(lookup_at, '-infinity') > '-infinity'`
	putOffLookup = `update addresses set lookup_at = coalesce($3::timestamptz, now()) + $4::bigint * interval '1 millisecond' where company_id = $1 and kind = 'phone' and address = $2 and coalesce(lookup_at, '-infinity') > '-infinity'`
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
