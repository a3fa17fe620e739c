package decisions

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

const unverified = `
select count(*) from decisions where company_id = $1 and team_id = $2 and at > $3::timestamptz - interval '2 hours' and outcome = 'sent' and automation is not null
  and coalesce(decided_at, at) > $3::timestamptz - interval '1 hour' and facts ->> 'stir_verstat' not like 'TN-Validation-Passed%'`

// Unverified is how many automatic texts the team sent in the last hour to callers
// for whose numbers nobody vouches.
func Unverified(ctx context.Context, q sqlx.QueryerContext, company, team string, now time.Time) (int, error) {
	var n int
	if err := sqlx.GetContext(ctx, q, &n, unverified, company, team, now); err != nil {
		return 0, fmt.Errorf("team %s: texts to unverified callers: %w", team, err)
	}
	return n, nil
}
