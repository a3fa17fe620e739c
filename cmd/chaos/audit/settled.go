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

// Settled waits until nothing is due, now or soon, and reports how much was left when
// the context ended.
func Settled(ctx context.Context, db *sqlx.DB) (left int, err error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		last := left
		if err = db.GetContext(ctx, &left, unfinished); err == nil && left == 0 {
			return 0, nil
		}
		if ctx.Err() != nil {
			return last, nil
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Waiting is how long the oldest thing has waited that nothing holds back: an event,
// or a message that was not tried yet. 0: nothing waits.
func Waiting(ctx context.Context, db sqlx.QueryerContext) (time.Duration, error) {
	var seconds float64
	const oldest = `
select coalesce(extract(epoch from now() - min(since)), 0) from (
    select min(due_at) as since from events where handled_at is null and due_at <= now() and attempts = 0
    union all
    select min(due_at) from deliveries where due_at <= now() and tried_at is null and attempts = 0) waiting`
	if err := sqlx.GetContext(ctx, db, &seconds, oldest); err != nil {
		return 0, fmt.Errorf("what waits: %w", err)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}
