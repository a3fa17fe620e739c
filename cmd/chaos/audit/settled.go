package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// unfinished is what has to be done soon: timers of tickets and links are not.
const unfinished = `
select (select count(*) from events where handled_at is null and due_at < now() + interval '10 minutes')
     + (select count(*) from deliveries where due_at is not null)
     + (select count(*) from calls where settled_at is null)`

// still is how often in a row nothing may be due: what a provider tells late comes in
// between.
const still = 3

// Settled waits until nothing is due, now or soon, and reports how much was left when
// the context ended: an error if nobody could look until then.
func Settled(ctx context.Context, db *sqlx.DB) (left int, err error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	left = -1
	for none := 0; none <= still; {
		var now int
		err := db.GetContext(ctx, &now, unfinished)
		if err == nil {
			left = now
		}
		switch {
		case ctx.Err() != nil && left < 0:
			return 0, fmt.Errorf("what is left to do: %w", ctx.Err())
		case ctx.Err() != nil:
			return left, nil
		case err != nil || now > 0: // it is away, or there is something
			none = 0
		default:
			none++
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	return 0, nil
}

// Waiting is what has waited longest that nothing holds back, an event or a message that
// was not tried yet, and for how long. 0: nothing waits.
func Waiting(ctx context.Context, db sqlx.QueryerContext) (what string, since time.Duration, err error) {
	var all []struct {
		What    string
		Seconds float64
	}
	const oldest = `
select what, extract(epoch from now() - since) as seconds from (
    select 'event ' || kind || ' ' || provider_id as what, due_at as since from events where handled_at is null and due_at <= now() and attempts = 0
    union all
    select 'delivery ' || id, due_at from deliveries where due_at <= now() and tried_at is null and attempts = 0) waiting
order by since limit 1`
	if err := sqlx.SelectContext(ctx, db, &all, oldest); err != nil {
		return "", 0, fmt.Errorf("what waits: %w", err)
	}
	for _, one := range all {
		what, since = one.What, time.Duration(one.Seconds*float64(time.Second))
	}
	return what, since, nil
}
