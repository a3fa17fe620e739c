package contacts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/settings"
)

// known is meet for a contact whom we begin to speak to, at one of their
// addresses. Whoever was merged into another meanwhile is that other one.
const known = `
with who as (
    select id from contacts where company_id = $1
    and id = coalesce((select into_id from contact_merges where company_id = $1 and from_id = $3), $3)
), standing as (
    insert into standings (company_id, team_id, contact_id) select $1, $2, id from who
    on conflict (company_id, team_id, contact_id) do update set contact_id = excluded.contact_id
    returning met, opted_out_at, near_refusal_at, paused_until, advisor_at
)
select c.id, case when s.met then c.name else '' end as name, c.language, c.blocked_at, s.opted_out_at, s.near_refusal_at, s.paused_until, s.advisor_at,
    (select a.unreachable_at from addresses a where a.company_id = $1 and a.kind = $5 and a.address = $6) as unreachable_at,
    coalesce((select a.unreachable_for from addresses a where a.company_id = $1 and a.kind = $5 and a.address = $6), '') as unreachable_for,
    coalesce((select a.line_type from addresses a where a.company_id = $1 and a.kind = $5 and a.address = $6), '') as line_type,
    (select max(o.at) from sender_opt_outs o where o.company_id = $1 and o.sender_id in (nullif($4, '')::uuid, $1) and o.contact_id = c.id) as sender_out_at,
    exists (select from senders own where own.address = $6 and own.kind <> 'webchat') as ours,
    ` + staffOf + `
from who join contacts c on c.company_id = $1 and c.id = who.id, standing s`

// Lock returns a contact whom we begin to speak to, from that sender at that
// address, and locks its standing with the team until the transaction ends. Somebody
// whom the team has not met has no name. One who was erased is a settings.ErrNotFound.
func Lock(ctx context.Context, tx sqlx.ExtContext, company, team, contact, sender string, channel channels.Kind, address string) (Contact, error) {
	var c Contact
	err := sqlx.GetContext(ctx, tx, &c, known, company, team, contact, sender, AddressKind(channel, address), address)
	if errors.Is(err, sql.ErrNoRows) {
		err = settings.ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("contact %s: %w", contact, err)
	}
	return c, nil
}

const spoke = `
update standings set advisor_at = greatest(advisor_at, $4) where company_id = $1 and team_id = $2 and contact_id = $3`

// AdvisorSpoke notes that an advisor wrote or spoke to a contact.
func AdvisorSpoke(ctx context.Context, q sqlx.ExecerContext, company, team, contact string, at time.Time) error {
	if _, err := q.ExecContext(ctx, spoke, company, team, contact, at); err != nil {
		return fmt.Errorf("contact %s: advisor: %w", contact, err)
	}
	return nil
}
