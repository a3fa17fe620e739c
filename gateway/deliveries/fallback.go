package deliveries

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
)

// mayFallBack locks a delivery that failed and went no other way yet, is no other way
// itself, still makes sense, and is to somebody who did not opt out meanwhile. A template that
// stands for no text of ours has nothing that could go another way.
const mayFallBack = `
select d.id from deliveries d
where d.company_id = $1 and d.id = $2 and d.state in ('failed', 'undelivered') and d.fallback_id is null and d.retry_id is null and d.stands_for is null
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

const carried = `
select sender_id, kind, account, from_address, to_address, text, media, template_else from deliveries where company_id = $1 and id = $2`

// Carried is what a delivery was to carry, from where to where: the sender's part, To,
// Text, Files and Otherwise.
func Carried(ctx context.Context, q sqlx.QueryerContext, m Moved) (Outgoing, error) {
	var row struct {
		SenderID  string        `db:"sender_id"`
		Kind      channels.Kind `db:"kind"`
		Account   string        `db:"account"`
		From      string        `db:"from_address"`
		To        string        `db:"to_address"`
		Text      string        `db:"text"`
		Media     []byte        `db:"media"`
		Otherwise []byte        `db:"template_else"`
	}
	err := sqlx.GetContext(ctx, q, &row, carried, m.CompanyID, m.ID)
	out := Outgoing{SenderID: row.SenderID, Kind: row.Kind, Account: row.Account, From: row.From, To: row.To, Text: row.Text}
	if err == nil {
		err = json.Unmarshal(row.Media, &out.Files)
	}
	if err == nil && row.Otherwise != nil {
		err = json.Unmarshal(row.Otherwise, &out.Otherwise)
	}
	if err != nil {
		return out, fmt.Errorf("delivery %s: what it carried: %w", m.ID, err)
	}
	return out, nil
}

// The other way is a delivery of its own, with a place of its own on the
// timeline, so that both can be seen to fare.
const fallBack = `
with original as (
    update deliveries set fallback_id = $3, updated_at = now() where company_id = $1 and id = $4 returning *
), o as (
    select $5::uuid as sender_id, $6::text as kind, $7::text as account, $8::text as from_address, $9::text as to_address, $10::text as text,
        $11::boolean as as_links, $12::jsonb as template, $13::integer as cost, $14::boolean as paired
), said as (
    insert into messages (company_id, id, team_id, contact_id, ticket_id, sender_id, author, who, staff_id, text, media, delivery_id, at)
    select m.company_id, $15::uuid, m.team_id, m.contact_id, m.ticket_id, o.sender_id, m.author, m.who, m.staff_id, o.text, m.media, $3, coalesce($2::timestamptz, now())
    from messages m, original d, o where m.company_id = $1 and m.contact_id = d.contact_id and m.team_id = d.team_id and m.delivery_id = $4
)
insert into deliveries (company_id, id, team_id, contact_id, ticket_id, decision_id, request_id, sender_id, kind, account,
    from_address, to_address, text, media, as_links, template, stands_for, expires_at, cost, due_at, paced_at, created_at)
select d.company_id, $3, d.team_id, d.contact_id, d.ticket_id, d.decision_id, d.request_id, o.sender_id, o.kind, o.account,
    o.from_address, o.to_address, o.text, d.media, o.as_links, o.template, d.id, d.expires_at, o.cost, coalesce(pace.at, $2::timestamptz, now()), pace.at, coalesce($2::timestamptz, now())
from original d cross join o cross join lateral (` + pacedAt + `) pace`

// FallBack queues the same message another way, with the same files: of out the id, the
// sender's part, To, Text, AsLinks and Template count.
func FallBack(ctx context.Context, tx sqlx.ExecerContext, m Moved, out Outgoing, now clock.Due) error {
	var template *string
	if out.Template != nil {
		raw, err := json.Marshal(out.Template)
		if err != nil {
			return fmt.Errorf("delivery %s: fall back: %w", m.ID, err)
		}
		template = new(string(raw))
	}
	message, err := uuid.NewV7() // of the same moment as what it goes in place of, and behind it on the timeline
	if err != nil {
		return fmt.Errorf("delivery %s: fall back: %w", m.ID, err)
	}
	if _, err := tx.ExecContext(ctx, fallBack, m.CompanyID, now, out.ID, m.ID, out.SenderID, string(out.Kind), out.Account,
		out.From, out.To, out.Text, out.AsLinks, template, out.cost(), paired(out.Kind), message.String()); err != nil {
		return fmt.Errorf("delivery %s: fall back: %w", m.ID, err)
	}
	return nil
}
