package retention

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ringback/channels/clock"
	"ringback/gateway/periodic"
	"ringback/gateway/rounds"
)

// How many rows a step looks at, how long it rests after each, and how often a
// process looks whether a walk is due: each is once a day.
const (
	stride  = 500
	breath  = 20 * time.Millisecond
	looking = time.Minute
	each    = 24 * time.Hour
)

// Walker lets go of what is too old.
type Walker struct {
	DB     *sqlx.DB
	Clock  *clock.Clock
	Log    *slog.Logger
	Rounds *rounds.Rounds // hears when its work comes round; may be nil

	chores periodic.Runner
}

// Start sets the walker to work until Stop.
func (w *Walker) Start() {
	w.chores.Rounds = w.Rounds
	w.chores.Start(w.Log, "letting go of what is too old", looking, func(ctx context.Context) error { return w.walk(ctx, breath) })
}

// Stop ends the work; what is left is gone on with, here or elsewhere.
func (w *Walker) Stop() { w.chores.Stop() }

// Work does what is due, without a rest.
func (w *Walker) Work(ctx context.Context) error { return w.walk(ctx, 0) }

const chosen = `select company_id, days from retention`

func (w *Walker) walk(ctx context.Context, rest time.Duration) error {
	var companies []struct {
		ID   string `db:"company_id"`
		Days []byte `db:"days"`
	}
	if err := w.DB.SelectContext(ctx, &companies, chosen); err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	var faults []error
	for _, c := range companies {
		var d Days
		if err := json.Unmarshal(c.Days, &d); err != nil {
			return fmt.Errorf("retention of company %s: %w", c.ID, err)
		}
		for _, s := range sweeps {
			if days := *d.Of(s.kind); days != nil {
				faults = append(faults, w.sweep(ctx, c.ID, s, *days, rest))
			}
		}
	}
	return errors.Join(faults...)
}

// sweep goes on with a walk until it has ended.
func (w *Walker) sweep(ctx context.Context, company string, s sweep, days int, rest time.Duration) error {
	for ctx.Err() == nil {
		more, err := w.step(ctx, company, s, days)
		if err != nil || !more {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
	return ctx.Err()
}

const (
	arrive = `insert into retention_walks (company_id, sweep, reached) values ($1, $2, $3) on conflict do nothing`

	// Whoever else is at it has it.
	reached = `
select reached, ended_at is not null and ended_at > $3::timestamptz as resting, ended_at is not null as ended
from retention_walks where company_id = $1 and sweep = $2 for update skip locked`

	move = `update retention_walks set reached = $3, ended_at = $4 where company_id = $1 and sweep = $2`
)

// step is one commit of a walk. False: there is no more to do for now.
func (w *Walker) step(ctx context.Context, company string, s sweep, days int) (bool, error) {
	now := w.Clock.Now()
	if _, err := w.DB.ExecContext(ctx, arrive, company, s.name, uuid.Nil); err != nil {
		return false, fmt.Errorf("retention of %s: %w", s.name, err)
	}
	tx, err := w.DB.BeginTxx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	var at []struct {
		Reached string `db:"reached"`
		Resting bool   `db:"resting"`
		Ended   bool   `db:"ended"`
	}
	if err := tx.SelectContext(ctx, &at, reached, company, s.name, now.Add(-each)); err != nil {
		return false, fmt.Errorf("retention of %s: %w", s.name, err)
	}
	if len(at) == 0 || at[0].Resting {
		return false, nil
	}
	from := at[0].Reached
	if at[0].Ended { // the next walk begins at the beginning
		from = uuid.Nil.String()
	}
	var done struct {
		Looked  int    `db:"looked"`
		Gone    int    `db:"gone"`
		Reached string `db:"reached"`
	}
	args := []any{company, cutoff(now, days), from, stride}
	if strings.Contains(s.after, "$5") {
		args = append(args, now)
	}
	if err := tx.GetContext(ctx, &done, s.step(), args...); err != nil {
		return false, fmt.Errorf("retention of %s: %w", s.name, err)
	}
	var ended *time.Time
	if done.Looked < stride {
		ended = &now
	}
	if done.Reached == "" {
		done.Reached = from
	}
	if _, err := tx.ExecContext(ctx, move, company, s.name, done.Reached, ended); err != nil {
		return false, fmt.Errorf("retention of %s: %w", s.name, err)
	}
	return ended == nil, tx.Commit()
}
