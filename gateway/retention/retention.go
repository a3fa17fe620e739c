// Package retention lets go of what a company does not want to keep: by kind,
// after so many days.
//
// The hard decision: what counts in a figure is emptied and not deleted. A
// message that is kept no longer says when it was and by whom, and nothing
// else; so the figures of past weeks are what they were, whoever asks. What
// is too old is found by walking over each table once a day in small steps, in
// the order of its key: an index by age would cost each message that comes in
// for the sake of one that goes.
package retention

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings"
	"ringback/settings/fault"
	"ringback/settings/transaction"
)

// Days is how long what kind of thing is kept; null: for ever.
type Days struct {
	Messages   *int `json:"messages" required:"false" minimum:"14" maximum:"36500" doc:"What was written, either way, and what customers were asked and answered"`
	Calls      *int `json:"calls" required:"false" minimum:"14" maximum:"36500" doc:"The course of a call, step by step"`
	Media      *int `json:"media" required:"false" minimum:"1" maximum:"36500" doc:"Files that customers sent"`
	Recordings *int `json:"recordings" required:"false" minimum:"1" maximum:"36500" doc:"Recordings of calls"`
	Events     *int `json:"events" required:"false" minimum:"14" maximum:"36500" doc:"What providers told, as it came"`
	Decisions  *int `json:"decisions" required:"false" minimum:"14" maximum:"36500" doc:"What a decision rested on, and its text"`
}

// Kinds are the fields of Days by their names, in order.
var Kinds = []string{"messages", "calls", "media", "recordings", "events", "decisions"}

// Of is how many days a kind is kept; nil: for ever.
func (d *Days) Of(kind string) **int {
	return map[string]**int{
		"messages": &d.Messages, "calls": &d.Calls, "media": &d.Media, "recordings": &d.Recordings, "events": &d.Events, "decisions": &d.Decisions,
	}[kind]
}

const find = `select days from retention where company_id = $1`

// Find is what the company has chosen.
func Find(ctx context.Context, q sqlx.QueryerContext, company string) (Days, error) {
	var d Days
	var raw []byte
	err := sqlx.GetContext(ctx, q, &raw, find, company)
	if errors.Is(err, sql.ErrNoRows) {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &d)
	}
	if err != nil {
		return d, fmt.Errorf("retention: %w", err)
	}
	return d, nil
}

const (
	lock = `select id from companies where id = $1 for no key update`

	save = `
insert into retention (company_id, days) values ($1, $2) on conflict (company_id) do update set days = excluded.days, updated_at = now()`

	begin = `delete from retention_walks where company_id = $1` // anew, by what holds now
)

// Save keeps what the company has chosen, with a line in its history. It is
// applied soon after.
func Save(ctx context.Context, db *sqlx.DB, company, who string, d Days) error {
	return SaveOver(ctx, db, company, who, d, func(Days) error { return nil })
}

// SaveOver is Save, unless look has an error about what was chosen until now.
func SaveOver(ctx context.Context, db *sqlx.DB, company, who string, d Days, look func(Days) error) error {
	if err := check(d); err != nil {
		return err
	}
	return change(ctx, db, company, who, func(now *Days) error {
		if err := look(*now); err != nil {
			return err
		}
		*now = d
		return nil
	})
}

// Restore puts back what a change of it replaced.
func Restore(ctx context.Context, db *sqlx.DB, company, who string, c settings.Reversal) error {
	return change(ctx, db, company, who, func(now *Days) error {
		settled, err := c.Settled(*now)
		if err != nil {
			return err
		}
		*now = Days{} // not written over in the memory that they share
		if err := json.Unmarshal(settled, now); err != nil {
			return err
		}
		return check(*now)
	})
}

func change(ctx context.Context, db *sqlx.DB, company, who string, edit func(*Days) error) error {
	return transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, lock, company); err != nil {
			return fmt.Errorf("retention: %w", err)
		}
		before, err := Find(ctx, tx, company)
		if err != nil {
			return err
		}
		d := before
		if err := edit(&d); err != nil {
			return err
		}
		raw, err := json.Marshal(d)
		if err != nil {
			return err
		}
		for query, args := range map[string][]any{save: {company, string(raw)}, begin: {company}} {
			if _, err := tx.ExecContext(ctx, query, args...); err != nil {
				return fmt.Errorf("retention: %w", err)
			}
		}
		return settings.NoteOfCompany(ctx, tx, company, who, "retention", company, before, d)
	})
}

// check refuses what the API has refused before, and a form has not.
func check(d Days) error { return settings.Invalid(fault.Shape(d)).Err() }

// Would is how much of each kind would go at this moment.
func Would(ctx context.Context, q sqlx.QueryerContext, company string, d Days, now time.Time) (map[string]int, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	gone := map[string]int{}
	for _, s := range sweeps {
		days := *d.Of(s.kind)
		if days == nil {
			continue
		}
		var n int
		if err := sqlx.GetContext(ctx, q, &n, s.count(), company, cutoff(now, *days)); err != nil {
			return nil, fmt.Errorf("retention of %s: %w", s.name, err)
		}
		gone[s.kind] += n
	}
	return gone, nil
}

func cutoff(now time.Time, days int) time.Time { return now.Add(-time.Duration(days) * 24 * time.Hour) }
