package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/settings"
)

// retriable are the states after which a person may send a message again.
// Unknown is one of them: only a person can weigh two texts against none.
var retriable = []channels.State{channels.Failed, channels.Undelivered, channels.Expired, channels.Canceled, channels.Unknown}

// Retriable reports whether a person may send a message again that is in that
// state, as far as it was not sent again already.
func Retriable(state channels.State) bool { return slices.Contains(retriable, state) }

// The standing is locked first, as whoever writes to a contact does.
const lockStanding = `
select 1 from standings s join deliveries d
	on d.company_id = s.company_id and d.team_id = s.team_id and d.contact_id = s.contact_id
where d.company_id = $1 and d.id = $2
for update of s`

const lockDelivery = `
select ` + columns + ` from deliveries
where company_id = $1 and id = $2 and ($3::uuid[] is null or team_id = any($3::uuid[]))
for update`

const optedOut = `
select exists (select 1 from standings
		where company_id = $1 and team_id = $2 and contact_id = nullif($3, '')::uuid and opted_out_at is not null)
	or exists (select 1 from sender_opt_outs
		where company_id = $1 and sender_id in ($4, $1) and contact_id = nullif($3, '')::uuid)`

// The copy has no time in which it makes sense: a person has just said so.
const insertRetry = `
with original as (
	update deliveries set retry_id = $3, updated_at = now() where company_id = $1 and id = $2 returning *
)
insert into deliveries (company_id, id, team_id, contact_id, staff_id, ticket_id, decision_id, request_id, sender_id, kind, account,
	from_address, to_address, text, media, template, choices, cost, due_at, created_at)
select company_id, $3, team_id, contact_id, staff_id, ticket_id, decision_id, request_id, sender_id, kind, account,
	from_address, to_address, text, media, template, choices, cost, coalesce($4::timestamptz, now()), coalesce($4::timestamptz, now())
from original
returning ` + columns

// Retry queues a copy of a message that did not arrive, due at once, and
// returns it; the message itself keeps its final state. Teams are those
// whose messages may be sent again; nil: all the company's. Due is clock.Clock.Queue(). What
// forbids it is a *settings.Conflict.
func Retry(ctx context.Context, tx sqlx.ExtContext, companyID string, teams []string, id string, due clock.Due) (Delivery, error) {
	var d Delivery
	if _, err := tx.ExecContext(ctx, lockStanding, companyID, id); err != nil {
		return d, fmt.Errorf("delivery %s: %w", id, err)
	}
	err := sqlx.GetContext(ctx, tx, &d, lockDelivery, companyID, id, pq.StringArray(teams))
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("delivery %s: %w", id, settings.ErrNotFound)
	}
	if err != nil {
		return d, fmt.Errorf("delivery %s: %w", id, err)
	}
	if err := mayRetry(ctx, tx, companyID, d); err != nil {
		return d, err
	}
	copied, err := uuid.NewV7()
	if err == nil {
		err = sqlx.GetContext(ctx, tx, &d, insertRetry, companyID, id, copied.String(), due)
	}
	if err != nil {
		return d, fmt.Errorf("delivery %s again: %w", id, err)
	}
	return d, nil
}

func mayRetry(ctx context.Context, q sqlx.QueryerContext, companyID string, d Delivery) error {
	if !Retriable(d.State) {
		return settings.NewConflict("state", "send_again", "State", d.State)
	}
	if d.Retry != nil {
		return settings.NewConflict("retry", "sent_again", "ID", *d.Retry)
	}
	if d.Text == "" { // it was erased, or kept no longer
		return settings.NewConflict("contact", string(ReasonErased))
	}
	var stopped bool
	if err := sqlx.GetContext(ctx, q, &stopped, optedOut, companyID, d.Team, d.Contact, d.Sender); err != nil {
		return fmt.Errorf("delivery %s: %w", d.ID, err)
	}
	if stopped && d.Kind != channels.WebChat {
		return settings.NewConflict("contact", "opted_out")
	}
	return nil
}
