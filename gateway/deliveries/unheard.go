package deliveries

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
)

// A provider that can be asked is asked after a quarter of an hour. What is older than a
// day is forgotten: it was mended, or nobody will.
const unheard = `
select u.company_id, u.team_id, u.sender_id, min(u.from_address) as from_address, count(*) as messages
from companies c cross join lateral (
    select d.company_id, d.team_id, d.sender_id, d.from_address, d.kind, d.sent_at from deliveries d
    where d.company_id = c.id and d.state = 'sending' order by d.id desc limit 1000) u
where u.kind <> 'webchat' and u.sent_at < coalesce($1::timestamptz, now()) - interval '20 minutes' and u.sent_at > coalesce($1::timestamptz, now()) - interval '1 day'
group by 1, 2, 3`

// Unheard is how many messages of a sender's the provider took in the last day without
// a word since, for twenty minutes: its callbacks do not reach us, most likely. Where it
// can be asked what became of them it was, and had no answer that ends them.
type Unheard struct {
	CompanyID string `db:"company_id"`
	TeamID    string `db:"team_id"`
	SenderID  string `db:"sender_id"`
	From      string `db:"from_address"`
	Messages  int    `db:"messages"`
}

// FindUnheard looks at the newest messages of each company that are on their way.
func FindUnheard(ctx context.Context, q sqlx.QueryerContext, now clock.Due) ([]Unheard, error) {
	var found []Unheard
	if err := sqlx.SelectContext(ctx, q, &found, unheard, now); err != nil {
		return nil, fmt.Errorf("messages without a word of their provider: %w", err)
	}
	return found, nil
}
