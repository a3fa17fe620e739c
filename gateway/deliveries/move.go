package deliveries

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/channels/clock"
	"ringback/gateway/notifications"
	"ringback/gateway/outboundhooks"
)

const taken = `
update deliveries d set provider_id = coalesce(d.provider_id, t.provider_id), segments = greatest(d.segments, t.segments), attempts = attempts + 1,
    state = case when d.state in ('queued', 'unknown') then t.state else d.state end,
    sent_at = coalesce(d.sent_at, t.at), due_at = null, reason = '', error_code = '', error = '', updated_at = now(),
    ask_at = case when t.ask > 0 and d.state in ('queued', 'unknown', 'sending', 'sent') then coalesce($2::timestamptz, now()) + t.ask * interval '1 millisecond' end
from json_to_recordset($1) as t (company_id uuid, id uuid, provider_id text, segments int, state text, at timestamptz, ask bigint)
where d.company_id = t.company_id and d.id = t.id`

// Accepted is a delivery that the provider took. Its JSON names are columns.
type Accepted struct {
	CompanyID  string         `json:"company_id"`
	ID         string         `json:"id"`
	ProviderID string         `json:"provider_id"`
	Segments   int            `json:"segments"`
	State      channels.State `json:"state"`
	At         time.Time      `json:"at"`
	Ask        int64          `json:"ask"` // milliseconds that the provider may say nothing of it before it is asked; 0: it is not
}

// AcceptedBy is what a provider's receipt says of a delivery.
func AcceptedBy(c Claimed, r channels.Receipt, at time.Time, ask time.Duration) Accepted {
	state := channels.Sending
	if channels.Sending.Before(r.State) {
		state = r.State
	}
	return Accepted{c.CompanyID, c.ID, r.ProviderID, r.Segments, state, at.Round(0), ask.Milliseconds()}
}

// MarkAccepted notes that the provider took deliveries. A callback may have been
// quicker and moved one on already. Callbacks lock deliveries in the order of their
// ids, and so does this.
func MarkAccepted(ctx context.Context, q sqlx.ExecerContext, all []Accepted, now clock.Due) error {
	slices.SortFunc(all, func(a, b Accepted) int { return strings.Compare(a.ID, b.ID) })
	rows, err := json.Marshal(all)
	if err == nil {
		_, err = q.ExecContext(ctx, taken, string(rows), now)
	}
	if err != nil {
		return fmt.Errorf("%d deliveries, %s the first: taken: %w", len(all), all[0].ID, err)
	}
	return nil
}

const finish = `
update deliveries set state = $3, reason = $4, error_code = $5, error = $6, attempts = attempts + $7, due_at = null, updated_at = now()
where company_id = $1 and id = $2 and state in ('queued', 'unknown') and provider_id is null
returning ` + movedColumns

// MarkFailed ends a delivery that the provider did not take. False: a callback was quicker.
// An error that names no cause was no try.
func MarkFailed(ctx context.Context, tx sqlx.ExtContext, c Claimed, state channels.State, e *channels.SendError) (Moved, bool, error) {
	var m Moved
	tried, why := 0, ""
	if e.Err != nil {
		tried, why = 1, e.Err.Error()
	}
	err := sqlx.GetContext(ctx, tx, &m, finish, c.CompanyID, c.ID, string(state), string(e.Reason), e.Code, why, tried)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("delivery %s: %s: %w", c.ID, state, err)
	}
	return m, true, nil
}

// Plan is when and how a delivery is taken up again.
type Plan struct {
	Look     bool // it may have been taken: look for it before sending
	Wait     time.Duration
	Attempts int // sends so far
	Looks    int // look-ups since the last send that did not find it
}

// again puts a delivery back, unless somebody else has claimed it meanwhile. What may have been taken is shown as unknown and
// keeps the time of the send, by which it is looked for.
const again = `
update deliveries set state = case when $3 then 'unknown' else state end, tried_at = case when $3 then tried_at end,
    due_at = coalesce($4::timestamptz, now()) + $5::bigint * interval '1 millisecond',
    attempts = $6, looks = $7, reason = $8, error_code = $9, error = $10, updated_at = now()
where company_id = $1 and id = $2 and claims = $11 and state in ('queued', 'unknown') and provider_id is null`

// Reschedule plans the next try.
func Reschedule(ctx context.Context, q sqlx.ExecerContext, c Claimed, p Plan, e *channels.SendError, now clock.Due) error {
	if _, err := q.ExecContext(ctx, again, c.CompanyID, c.ID, p.Look, now, p.Wait.Milliseconds(),
		p.Attempts, p.Looks, string(e.Reason), e.Code, e.Err.Error(), c.Claims); err != nil {
		return fmt.Errorf("delivery %s: again: %w", c.ID, err)
	}
	return nil
}

const retried = `
update deliveries d set tried_at = coalesce($3::timestamptz, now()), looks = 0, updated_at = now()
where company_id = $1 and id = $2 and claims = $4 and provider_id is null and coalesce(due_at, '-infinity') > '-infinity' and ` + stopped + ` = ''`

// Retried notes that a delivery nobody found at the provider is about to be
// sent once more. False: a callback has told of it meanwhile, somebody else has
// claimed it, or it must not leave any more, which its next claim says.
func Retried(ctx context.Context, q sqlx.ExecerContext, c Claimed, now clock.Due) (bool, error) {
	result, err := q.ExecContext(ctx, retried, c.CompanyID, c.ID, now, c.Claims)
	if err != nil {
		return false, fmt.Errorf("delivery %s: once more: %w", c.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

const movedColumns = `company_id, id, team_id, coalesce(nullif(contact_id, '` + NoContact + `')::text, '') as contact_id, sender_id, kind, to_address, text, state, template`

// TellLost tells the company's own systems and the staff of a message that did not arrive.
func (m Moved) TellLost(ctx context.Context, tx sqlx.ExecerContext, state channels.State, reason channels.Reason, code string, at time.Time) error {
	if err := notifications.Tell(ctx, tx, notifications.Notice{
		CompanyID: m.CompanyID, TeamID: m.TeamID, Kind: notifications.DeliveryFailed, DedupeKey: m.ID, At: at,
		About: notifications.About{Text: m.Text, From: m.To, Who: m.ContactID, Word: code, Reason: string(reason)},
	}); err != nil {
		return err
	}
	return outboundhooks.Tell(ctx, tx, outboundhooks.Event{CompanyID: m.CompanyID, Kind: outboundhooks.DeliveryFailed, At: at, Data: map[string]any{
		"delivery": m.ID, "team": m.TeamID, "contact": m.ContactID, "sender": m.SenderID, "channel": m.Kind, "to": m.To,
		"state": state, "reason": string(reason), "code": code,
	}})
}
