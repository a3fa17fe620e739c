package deliveries

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway/contacts"
)

// lineOf is what is known of the number that the delivery d texts, and whether it is to
// be found out first: by the first claim alone, so that a text waits once, and of nobody
// who has texted us.
const lineOf = `
case when d.kind = 'sms' then coalesce((select a.line_type from addresses a
    where a.company_id = d.company_id and a.kind = 'phone' and a.address = d.to_address), '') else '' end as line_type,
d.kind = 'sms' and d.staff_id is null and d.claims = 1 and exists (select from addresses a
    where a.company_id = d.company_id and a.kind = 'phone' and a.address = d.to_address and a.line_type = ''
      and case when a.lookup_at is not null then true
          else exists (select from senders s where s.id = d.sender_id and s.settings @> '{"line_types": true}') and not ` + contacts.Texts + ` end) as ask_line`

const hold = `
update deliveries set due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond', tried_at = null
where company_id = $1 and id = $2 and claims = $3 and coalesce(due_at, '-infinity') > '-infinity'`

// Hold puts a claimed delivery of which nothing has left off, until Release or so long.
func Hold(ctx context.Context, q sqlx.ExecerContext, c Claimed, now clock.Due, wait time.Duration) error {
	if _, err := q.ExecContext(ctx, hold, c.CompanyID, c.ID, c.Claims, now, wait.Milliseconds()); err != nil {
		return fmt.Errorf("delivery %s: hold: %w", c.ID, err)
	}
	return nil
}

const release = `
update deliveries set due_at = coalesce($3::timestamptz, now())
where sender_id = any(array(select id from senders where company_id = $1 and kind = 'sms')) and to_address = $2
    and coalesce(due_at, 'infinity') < 'infinity' and due_at > coalesce($3::timestamptz, now()) and claims = 1 and tried_at is null and attempts = 0`

// Release has the texts to a number that are held go on.
func Release(ctx context.Context, q sqlx.ExecerContext, company, number string, now clock.Due) error {
	if _, err := q.ExecContext(ctx, release, company, number, now); err != nil {
		return fmt.Errorf("texts that wait for what line it is: %w", err)
	}
	return nil
}
