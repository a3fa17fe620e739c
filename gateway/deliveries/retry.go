package deliveries

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

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

// What was erased, or is kept no longer, has nothing left to send.
const hindered = `
select coalesce((select text = '' and media = '[]' and template is null from deliveries where company_id = $1 and id = $5), true) as empty, exists (select 1 from standings
		where company_id = $1 and team_id = $2 and contact_id = nullif($3, '')::uuid and opted_out_at is not null)
	or exists (select 1 from sender_opt_outs
		where company_id = $1 and sender_id in ($4, $1) and contact_id = nullif($3, '')::uuid) as stopped`

// The copy that a person asks for has no time in which it makes sense: they have just
// said so. One that is made by itself has the time and the tries of the message. What
// was said on the timeline fares as the copy does.
const insertRetry = `
with original as (
	update deliveries set retry_id = $3, updated_at = now() where company_id = $1 and id = $2 returning *
), said as (
	update messages m set delivery_id = $3 from original o
	where m.company_id = $1 and m.team_id = o.team_id and m.contact_id = o.contact_id and m.delivery_id = $2
)
insert into deliveries (company_id, id, team_id, contact_id, staff_id, ticket_id, decision_id, request_id, sender_id, kind, account,
	from_address, to_address, text, media, as_links, template, template_else, choices, cost, stands_for, expires_at, attempts, due_at, created_at)
select company_id, $3, team_id, contact_id, staff_id, ticket_id, decision_id, request_id, sender_id, kind, account,
	from_address, to_address, text, media, as_links, template, template_else, choices, cost, case when $5 then stands_for end, case when $5 then expires_at end, case when $5 then attempts else 0 end,
	coalesce($4::timestamptz, now()), coalesce($4::timestamptz, now())
from original
returning ` + columns

// Retry queues a copy of a message that did not arrive, due at once, and
// returns it; the message itself keeps its final state. Teams are those
// whose messages may be sent again; nil: all the company's. Due is clock.Clock.Queue(). What
// forbids it is a *settings.Conflict.
func Retry(ctx context.Context, tx sqlx.ExtContext, companyID string, teams []string, id string, due clock.Due) (Delivery, error) {
	return retry(ctx, tx, companyID, teams, id, false, due)
}

// Again is Retry of a message that is sent again by itself.
func Again(ctx context.Context, tx sqlx.ExtContext, companyID, id string, due clock.Due) (Delivery, error) {
	return retry(ctx, tx, companyID, nil, id, true, due)
}

func retry(ctx context.Context, tx sqlx.ExtContext, companyID string, teams []string, id string, byItself bool, due clock.Due) (Delivery, error) {
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
		err = sqlx.GetContext(ctx, tx, &d, insertRetry, companyID, id, copied.String(), due, byItself)
	}
	if err != nil {
		return d, fmt.Errorf("delivery %s again: %w", id, err)
	}
	return d, nil
}

// mayGoAgain is how long, in milliseconds, a message waits that may be sent again by
// itself: it was not sent too often, is no copy's original yet, went no other way, and
// makes sense for as long as that.
const mayGoAgain = `
select wait from deliveries cross join lateral (select ($4::bigint * 2 ^ greatest(0, attempts - 1))::bigint as wait) as so
where company_id = $1 and id = $2 and attempts <= $5 and retry_id is null and fallback_id is null and not (text = '' and media = '[]' and template is null)
	and (expires_at is null or expires_at >= coalesce($3::timestamptz, now()) + wait * interval '1 millisecond')`

// MayGoAgain is how long a message waits that did not arrive, of a first wait that each
// further try doubles, before it is sent once more, so many times at most. False: it is
// not.
func MayGoAgain(ctx context.Context, q sqlx.QueryerContext, m Moved, first time.Duration, times int, now clock.Due) (time.Duration, bool, error) {
	var wait int64
	err := sqlx.GetContext(ctx, q, &wait, mayGoAgain, m.CompanyID, m.ID, now, first.Milliseconds(), times)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("delivery %s: once more: %w", m.ID, err)
	}
	return time.Duration(wait) * time.Millisecond, true, nil
}

func mayRetry(ctx context.Context, q sqlx.QueryerContext, companyID string, d Delivery) error {
	if !Retriable(d.State) {
		return settings.NewConflict("state", "send_again", "State", d.State)
	}
	if d.Retry != nil {
		return settings.NewConflict("retry", "sent_again", "ID", *d.Retry)
	}
	var found struct{ Empty, Stopped bool }
	if err := sqlx.GetContext(ctx, q, &found, hindered, companyID, d.Team, d.Contact, d.Sender, d.ID); err != nil {
		return fmt.Errorf("delivery %s: %w", d.ID, err)
	}
	if found.Empty {
		return settings.NewConflict("contact", string(ReasonErased))
	}
	if found.Stopped && d.Kind != channels.WebChat {
		return settings.NewConflict("contact", "opted_out")
	}
	return nil
}
