package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ringback/channels/clock"

	"github.com/jmoiron/sqlx"
)

// mayFallBack locks a delivery that failed and went no other way yet, still
// makes sense, and is to somebody who did not opt out meanwhile. A template that
// stands for no text of ours has nothing that could go another way.
const mayFallBack = `
select d.id from deliveries d
where d.company_id = $1 and d.id = $2 and d.state in ('failed', 'undelivered') and d.fallback_id is null and d.retry_id is null
    and (d.expires_at is null or d.expires_at >= coalesce($3::timestamptz, now()))
    and not (d.text = '' and d.template is not null)
    and not exists (select from standings s where s.company_id = d.company_id and s.team_id = d.team_id
        and s.contact_id = d.contact_id and s.opted_out_at is not null)
    and not exists (select from sender_opt_outs o where o.company_id = d.company_id and o.sender_id in (d.sender_id, d.company_id) and o.contact_id = d.contact_id)
for update of d`

// MayFallBack reports whether a delivery that was refused may go another way.
func MayFallBack(ctx context.Context, tx sqlx.QueryerContext, m Moved, now clock.Due) (bool, error) {
	var id string
	err := sqlx.GetContext(ctx, tx, &id, mayFallBack, m.CompanyID, m.ID, now)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("delivery %s: fall back: %w", m.ID, err)
	}
	return true, nil
}

// The other way is a delivery of its own, with a place of its own on the
// timeline, so that both can be seen to fare.
const fallBack = `
with original as (
    update deliveries set fallback_id = $3, updated_at = now() where company_id = $1 and id = $2 returning *
), said as (
    insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, who, staff_id, text, media, delivery_id, at)
    select m.company_id, gen_random_uuid(), m.team_id, m.contact_id, m.ticket_id, $4, m.author, m.who, m.staff_id, $9, m.media, $3, coalesce($10::timestamptz, now())
    from messages m, original o where m.company_id = $1 and m.contact_id = o.contact_id and m.team_id = o.team_id and m.delivery_id = $2
)
insert into deliveries (company_id, id, team_id, contact_id, ticket_id, decision_id, request_id, sender_id, kind, account,
    from_address, to_address, text, media, expires_at, cost, due_at, created_at)
select company_id, $3, team_id, contact_id, ticket_id, decision_id, request_id, $4, $5, $6, $7, $8, $9, media, expires_at, $11, coalesce($10::timestamptz, now()), coalesce($10::timestamptz, now())
from original`

// FallBack queues the same message another way: of out only the id, the
// sender's part, To and Text count.
func FallBack(ctx context.Context, tx sqlx.ExecerContext, m Moved, out Outgoing, now clock.Due) error {
	if _, err := tx.ExecContext(ctx, fallBack, m.CompanyID, m.ID, out.ID, out.SenderID, string(out.Kind), out.Account,
		out.From, out.To, out.Text, now, out.cost()); err != nil {
		return fmt.Errorf("delivery %s: fall back: %w", m.ID, err)
	}
	return nil
}
