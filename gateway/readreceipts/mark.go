// Package readreceipts lets customers see that the staff have read what they wrote,
// where a provider shows it: WhatsApp at Meta.
//
// The hard decision: only people read. What an automation answers is not read
// by that, and a page that nobody looks at reads nothing. How far somebody has
// read is written down first and told later, so that no answer waits for the
// provider; it only ever moves forward, and telling the same twice does no harm.
package readreceipts

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
)

// oldest is how long ago a message may have come: Meta marks none older.
const oldest = 30 * 24 * time.Hour

// The newest are looked at, not all: a ticket may be a thousand texts by SMS.
const mark = `
insert into reads (company_id, sender_id, contact_id, seq, provider_id, due_at)
select m.company_id, m.sender_id, m.contact_id, m.seq, e.provider_id, coalesce($5::timestamptz, now())
from (
	select company_id, sender_id, contact_id, event_id, seq, at from messages
	where company_id = $1 and ticket_id = $2 and author = 'customer'
	order by seq desc limit 50) m
join senders s on s.company_id = m.company_id and s.id = m.sender_id and s.kind = $3
join events e on e.company_id = m.company_id and e.id = m.event_id
where m.at > $4
order by m.seq desc limit 1
on conflict (company_id, sender_id, contact_id) do update
set seq = excluded.seq, provider_id = excluded.provider_id, due_at = excluded.due_at, attempts = 0, fault = ''
where reads.seq < excluded.seq`

// Mark writes down that somebody of the staff has read the ticket. Now is the
// time, and queue that of the queries that compare due times.
func Mark(ctx context.Context, tx sqlx.ExecerContext, company, ticket string, now time.Time, queue clock.Due) error {
	if _, err := tx.ExecContext(ctx, mark, company, ticket, channels.WhatsAppCloud, now.Add(-oldest), queue); err != nil {
		return fmt.Errorf("ticket %s: mark as read: %w", ticket, err)
	}
	return nil
}
