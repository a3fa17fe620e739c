package events

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ringback/channels/clock"
	"ringback/settings"
)

const giveUp = `
update events set handled_at = now(), given_up_at = now(), fault = $3
where company_id = $1 and id = $2 and coalesce(handled_at, 'infinity') = 'infinity'`

// GiveUp marks an event as one that nobody will handle by themselves, and keeps
// why; false: it is handled already. A STOP stays in force, though no standing says
// so.
func GiveUp(ctx context.Context, tx sqlx.ExecerContext, e Event, cause error) (bool, error) {
	result, err := tx.ExecContext(ctx, giveUp, e.CompanyID, e.ID, fit(cause.Error()))
	if err != nil {
		return false, fmt.Errorf("event %s: give up: %w", e.ID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// GivenUp is an event whose handling failed again and again.
type GivenUp struct {
	ID         string    `db:"id" json:"id"`
	Team       string    `db:"team_id" json:"team"`
	Kind       string    `db:"kind" json:"kind"`
	ProviderID string    `db:"provider_id" json:"provider_id"`
	At         time.Time `db:"occurred_at" json:"at"`
	GivenUpAt  time.Time `db:"given_up_at" json:"given_up_at"`
	Fault      string    `db:"fault" json:"fault" doc:"Why handling failed the last time"`
}

const listGivenUp = `
select id, team_id, kind, provider_id, occurred_at, given_up_at, coalesce(fault, '') as fault from events
where company_id = $1 and given_up_at is not null and ($2::uuid[] is null or team_id = any($2::uuid[])) and ($3 = '' or id < nullif($3, '')::uuid)
order by id desc limit $4`

// ListGivenUp are a company's events that were given up, the newest first, from the
// one before that id on. Teams are those whose events may be seen; nil: all.
func ListGivenUp(ctx context.Context, q sqlx.QueryerContext, company string, teams []string, before string, limit int) ([]GivenUp, error) {
	found := []GivenUp{}
	if err := sqlx.SelectContext(ctx, q, &found, listGivenUp, company, pq.StringArray(teams), before, limit); err != nil {
		return nil, fmt.Errorf("events that were given up: %w", err)
	}
	return found, nil
}

// Earlier versions marked an event as handled alone, and left the decision that
// says it was given up.
const lockGivenUp = `
select id, team_id, kind, provider_id, occurred_at, coalesce(given_up_at, handled_at, now()) as given_up_at, coalesce(fault, '') as fault,
	given_up_at is not null or exists (select from decisions d where d.company_id = $1 and d.event_id = $2 and d.reason = 'internal_error') as again
from events where company_id = $1 and id = $2 and ($3::uuid[] is null or team_id = any($3::uuid[]))
for update`

// The decision that it was given up is no last word any more: the one that is
// made now takes its place.
const retryEvent = `
with forgotten as (delete from decisions where company_id = $1 and event_id = $2 and reason = 'internal_error')
update events set handled_at = null, given_up_at = null, attempts = 0, fault = null, due_at = coalesce($3::timestamptz, now())
where company_id = $1 and id = $2`

// Retry has an event handled anew that was given up: at once, and by the time at
// which it happened, so that a reply that makes no sense any more is not sent. What
// was not given up is a *settings.Conflict; an event of others is settings.ErrNotFound.
func Retry(ctx context.Context, tx sqlx.ExtContext, company string, teams []string, id string, due clock.Due) (GivenUp, error) {
	var e struct {
		GivenUp

		Again bool `db:"again"`
	}
	err := sqlx.GetContext(ctx, tx, &e, lockGivenUp, company, id, pq.StringArray(teams))
	if errors.Is(err, sql.ErrNoRows) {
		return e.GivenUp, fmt.Errorf("event %s: %w", id, settings.ErrNotFound)
	}
	if err == nil && !e.Again {
		return e.GivenUp, settings.NewConflict("id", "not_given_up")
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, retryEvent, company, id, due)
	}
	if err != nil {
		return e.GivenUp, fmt.Errorf("event %s again: %w", id, err)
	}
	return e.GivenUp, nil
}
