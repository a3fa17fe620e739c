package decisions

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// reserve counts one automatic message against the team's day and hour, each
// only while it is below its cap. The rows' locks are held until the
// transaction ends, so that the cap holds to the message over any number of
// replicas; the order keeps two of them from waiting for each other.
const reserve = `
with counted as (
    insert into spend (company_id, team_id, span, starts_at, sent)
    select $1, $2, span, starts_at, 1
    from (values ('day', date_trunc('day', $3::timestamptz, 'UTC'), $5::int),
                 ('hour', date_trunc('hour', $3::timestamptz, 'UTC'), $4::int)) as spans (span, starts_at, cap)
    where cap > 0 order by span
    on conflict (company_id, team_id, span, starts_at) do update set sent = spend.sent + 1
    where spend.sent < case excluded.span when 'day' then $5::int else $4::int end
    returning span
)
select count(*) from counted`

// Reserve counts one automatic message of a team, and reports false when the
// team's cap for the hour or the day of the instant is used up. A refusal by
// one cap may still be counted by the other, which errs on the side of silence.
func Reserve(ctx context.Context, tx sqlx.QueryerContext, company, team string, at time.Time, perHour, perDay int) (bool, error) {
	var counted int
	if err := tx.QueryRowxContext(ctx, reserve, company, team, at, perHour, perDay).Scan(&counted); err != nil {
		return false, fmt.Errorf("team %s: count an automatic message: %w", team, err)
	}
	return counted == 2, nil
}
