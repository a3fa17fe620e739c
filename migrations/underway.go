package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Application is what the connections of a process that migrates are called at Postgres.
const Application = "ringback migrations"

// atWork is the connection of another process that migrates, with how long its step has
// taken: it has several, and those that only look are the younger ones.
const atWork = `
select pid, coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8 from pg_stat_activity
where datname = current_database() and application_name = $1 and pid <> pg_backend_pid() order by xact_start nulls last limit 1`

// Underway is how far another process is that migrates the database right now; false:
// none does.
func Underway(ctx context.Context, db *sql.DB) (Progress, bool, error) {
	all, err := Status(ctx, db)
	if err != nil {
		return Progress{}, false, err
	}
	left := pending(all)
	if len(left) == 0 {
		return Progress{}, false, nil
	}
	p := Progress{Step: len(all) - len(left) + 1, Steps: len(all), Name: left[0].Name}
	var pid int
	var seconds float64
	err = db.QueryRowContext(ctx, atWork, Application).Scan(&pid, &seconds)
	if errors.Is(err, sql.ErrNoRows) {
		return Progress{}, false, nil
	}
	if err == nil {
		p.Since = time.Now().Add(-time.Duration(seconds * float64(time.Second)))
		err = db.QueryRowContext(ctx, blockers, pid).Scan(&p.WaitsFor)
	}
	if err != nil {
		return Progress{}, false, fmt.Errorf("who migrates the database: %w", err)
	}
	return p, true, nil
}
