package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	number "ringback/channels/phone"
	"ringback/gateway/rules"
)

// reachedBy is what WhatsApp's rules ask about a customer: when they last wrote
// to that sender or called it, and how else they are reached. A reaction and the like count
// as no message; what the customer's message is, stands in it.
const reachedBy = `
select greatest((select m.at from messages m
        where m.company_id = $1 and m.team_id = $2 and m.contact_id = $3 and m.at > $5::timestamptz - interval '24 hours' and m.at <= $5
          and m.author = 'customer' and m.sender_id = nullif($4, '')::uuid and m.kind not in ('reaction', 'edit', 'revoke', 'system', 'welcome', 'permission')
        order by m.at desc, m.seq desc limit 1),
    (select c.started_at from calls c
        where c.company_id = $1 and c.team_id = $2 and c.contact_id = $3 and c.started_at > $5::timestamptz - interval '24 hours' and c.started_at <= $5
          and c.sender_id = nullif($4, '')::uuid
        order by c.started_at desc limit 1)) as heard,
    array(select a.address from addresses a
        where a.company_id = $1 and a.contact_id = $3 and a.kind = 'phone' and a.unreachable_at is null and a.line_type <> all($6)
        order by a.created_at desc, a.address) as phones,
    array(select own.id::text from senders own where own.company_id = $1 and own.team_id = $2
        and exists (select from sender_opt_outs o where o.company_id = $1 and o.sender_id in (own.id, $1) and o.contact_id = $3)) as stopped,
    array(select a.address from addresses a
        where a.company_id = $1 and a.contact_id = $3 and a.kind = 'phone' and (a.unreachable_at is not null or a.line_type = any($6))) as no_texts`

// FindWhatsAppSession is how a WhatsApp customer of a team is reached from that sender.
func FindWhatsAppSession(ctx context.Context, q sqlx.QueryerContext, company, team, contact, sender string, now time.Time) (rules.WhatsAppSession, error) {
	var row struct {
		Heard   *time.Time     `db:"heard"`
		Phones  pq.StringArray `db:"phones"`
		Stopped pq.StringArray `db:"stopped"`
		NoTexts pq.StringArray `db:"no_texts"`
	}
	if err := sqlx.GetContext(ctx, q, &row, reachedBy, company, team, contact, sender, now, pq.StringArray(rules.TextlessLines)); err != nil {
		return rules.WhatsAppSession{}, fmt.Errorf("contact %s: how WhatsApp reaches them: %w", contact, err)
	}
	r := rules.WhatsAppSession{Stopped: row.Stopped, NoTexts: row.NoTexts}
	if len(row.Phones) > 0 {
		r.Phone = number.Dialed(row.Phones[0], row.Phones)
	}
	if row.Heard != nil {
		r.Heard = *row.Heard
	}
	return r, nil
}
