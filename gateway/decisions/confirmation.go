package decisions

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// The budget of the answers to opt-out, opt-in and help words, in an hour: of
// one person, and of a team, which has a tenth of what it may send by itself
// and a few in any case.
const (
	confirmationsToOne = 5
	confirmationsLeast = 10
)

// A person's hour begins with the first answer, a team's with the clock's. The
// caller holds the lock on the standing.
const reserveConfirmation = `
with person as (
    update standings set
        confirmations = case when confirmations_since > $4::timestamptz - interval '1 hour' then confirmations + 1 else 1 end,
        confirmations_since = case when confirmations_since > $4::timestamptz - interval '1 hour' then confirmations_since else $4 end
    where company_id = $1 and team_id = $2 and contact_id = $3
        and (confirmations < $5::int or confirmations_since <= $4::timestamptz - interval '1 hour')
    returning 1
), team as (
    insert into spend (company_id, team_id, span, starts_at, sent)
    select $1, $2, 'confirmation', date_trunc('hour', $4::timestamptz, 'UTC'), 1 from person
    on conflict (company_id, team_id, span, starts_at) do update set sent = spend.sent + 1 where spend.sent < $6::int
    returning 1
)
select exists (select from team)`

// ReserveConfirmation counts one answer to a word of a contact's, and reports
// false when they or the team got enough for this hour. It spends nothing of
// what automatic messages may: the caps are not to keep a STOP unanswered, nor
// STOPs a customer's question.
func ReserveConfirmation(ctx context.Context, tx sqlx.QueryerContext, company, team, contact string, at time.Time, perHour int) (bool, error) {
	var within bool
	err := tx.QueryRowxContext(ctx, reserveConfirmation, company, team, contact, at, confirmationsToOne, max(confirmationsLeast, perHour/10)).Scan(&within)
	if err != nil {
		return false, fmt.Errorf("team %s: count a confirmation: %w", team, err)
	}
	return within, nil
}
