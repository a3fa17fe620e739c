package deliveries

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
)

// Of a sender's newest messages of a day, so many at least and so many of a hundred have
// to be filtered before that is more than one message's bad luck.
const (
	fewFiltered   = 5
	shareFiltered = 5
)

// The newest five hundred say it as well as all do, and cost a busy sender no more.
const filtered = `
select count(*) filter (where reason = $4 and state in ('failed', 'undelivered')) as filtered, count(*) as sent
from (select reason, state, created_at from deliveries where company_id = $1 and sender_id = $2 order by id desc limit 500) newest
where created_at >= $3`

// ManyFiltered reports whether a carrier or a policy stops more of a sender's messages
// since the beginning of a day than now and then one.
func ManyFiltered(ctx context.Context, q sqlx.QueryerContext, company, sender string, since time.Time) (bool, error) {
	var n struct{ Filtered, Sent int }
	if err := sqlx.GetContext(ctx, q, &n, filtered, company, sender, since, string(channels.ReasonFiltered)); err != nil {
		return false, fmt.Errorf("sender %s: what is filtered: %w", sender, err)
	}
	return n.Filtered >= fewFiltered && n.Filtered*100 >= n.Sent*shareFiltered, nil
}
