package decisions

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// reserve counts automatic messages against the team's day and hour, as many as
// there is room for below both caps. The rows' locks are held until the
// transaction ends, so that the caps hold to the message over any number of
// replicas; the order keeps two of them from waiting for each other. A row that
// somebody else makes at this moment is seen by the last condition alone.
const reserve = `
with spans as (
    select * from (values ('day', date_trunc('day', $3::timestamptz, 'UTC'), $6::int),
        ('hour', date_trunc('hour', $3::timestamptz, 'UTC'), $5::int)) as s (span, starts_at, cap)
), used as materialized (
    select u.span, u.sent from spans s cross join lateral (
        select span, sent from spend where company_id = $1 and team_id = $2 and span = s.span and starts_at = s.starts_at for update) u
), room as materialized (
    select least($4::int, min(s.cap - coalesce(u.sent, 0))) as places from spans s left join used u on u.span = s.span
), counted as (
    insert into spend (company_id, team_id, span, starts_at, sent)
    select $1, $2, span, starts_at, places from spans, room
    where places > 0 order by span
    on conflict (company_id, team_id, span, starts_at) do update set sent = spend.sent + excluded.sent
    where spend.sent + excluded.sent <= case excluded.span when 'day' then $6::int else $5::int end
    returning span
)
select case when (select count(*) from counted) = 2 then places else 0 end from room`

// Reserve counts so many automatic messages of a team, and returns for how many
// there is room below the team's caps for the hour and the day of the instant. One
// that is refused may be counted none the less, by the other cap, when another
// replica takes the last place at this moment: that errs on the side of silence.
func Reserve(ctx context.Context, tx sqlx.QueryerContext, company, team string, at time.Time, count, perHour, perDay int) (int, error) {
	var granted int
	if err := tx.QueryRowxContext(ctx, reserve, company, team, at, count, perHour, perDay).Scan(&granted); err != nil {
		return 0, fmt.Errorf("team %s: count %d automatic messages: %w", team, count, err)
	}
	return max(granted, 0), nil
}
