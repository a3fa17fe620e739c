package settings

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/schedule"
)

// Feed is a subscribed calendar that is ours to read until its lease runs out.
type Feed struct {
	CompanyID string `db:"company_id"`
	TeamID    string `db:"team_id"` // empty: of the whole company
	ID        string `db:"id"`      // of the holiday
	Title     string `db:"title"`   // what days are called that have no name
	URL       string `db:"feed"`
	Attempts  int    `db:"attempts"` // this one included
}

// Of those that wait longest one of each company comes in turn.
const claimFeeds = `
with waiting as (
	select company_id, id, due_at from holidays where due_at <= now() order by due_at limit 200
), turns as (
	select company_id, id, due_at, row_number() over (partition by company_id order by due_at) as turn from waiting
), due as (
	select h.company_id, h.id from turns t join holidays h using (company_id, id)
	where h.due_at <= now() order by t.turn, t.due_at limit $1 for update of h skip locked
)
update holidays h set due_at = now() + $2::bigint * interval '1 millisecond', attempts = h.attempts + 1
from due where h.company_id = due.company_id and h.id = due.id
returning h.company_id, coalesce(h.team_id::text, '') as team_id, h.id, h.title, h.feed, h.attempts`

// ClaimFeeds takes calendars that are due to be read, so many at most.
func ClaimFeeds(ctx context.Context, db *sqlx.DB, most int, lease time.Duration) ([]Feed, error) {
	var due []Feed
	err := sqlx.SelectContext(ctx, db, &due, claimFeeds, most, lease.Milliseconds())
	return due, wrap(err, "claim calendars")
}

const renewFeed = `
update holidays set due_at = now() + $4::bigint * interval '1 millisecond'
where company_id = $1 and id = $2 and attempts = $3 and coalesce(due_at, '-infinity') > '-infinity'`

// Renew has the lease run anew; false: somebody else has the calendar.
func (f Feed) Renew(ctx context.Context, db *sqlx.DB, lease time.Duration) (bool, error) {
	result, err := db.ExecContext(ctx, renewFeed, f.CompanyID, f.ID, f.Attempts, lease.Milliseconds())
	if err != nil {
		return false, wrap(err, "calendar "+f.ID)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

const feedDays = `select days from holidays where company_id = $1 and id = $2 and attempts = $3`

const keepFeed = `
update holidays set days = $4::jsonb, fetched_at = $5, failing_since = null, fault = '', status = 0, due_at = now() + interval '12 hours'
where company_id = $1 and id = $2 and attempts = $3`

// keptDays is how long days of a calendar that are over stay although it does
// not name them any more: whoever was told that we are closed is not told again
// on the morning after.
const keptDays = 400 * 24 * time.Hour

// Keep stores what a calendar says. Days that it names no more are open again,
// but for those that are over. It is a change like any other: it has its line of
// history and is in force for every event that comes after it.
func (f Feed) Keep(ctx context.Context, db *sqlx.DB, days []schedule.Days, now time.Time) error {
	return EditHolidays(ctx, db, HolidaysOf{f.CompanyID, f.TeamID}, "calendar", func(e HolidayEdit) error {
		var before HolidayDays
		if err := get(ctx, e.tx, &before, feedDays, f.CompanyID, f.ID, f.Attempts); err != nil {
			return wrap(err, "calendar "+f.ID) // it is gone, or somebody else's by now
		}
		yesterday, oldest := now.UTC().AddDate(0, 0, -1).Format(time.DateOnly), now.UTC().Add(-keptDays).Format(time.DateOnly)
		kept := HolidayDays{}
		for _, d := range before {
			if d.To < yesterday && d.To > oldest && !slices.Contains(days, d) {
				kept = append(kept, d)
			}
		}
		kept = append(kept, days...)
		raw, err := json.Marshal(kept)
		if err != nil {
			return err
		}
		gone, added := map[string]any{"days": lacking(before, kept)}, map[string]any{"days": lacking(kept, before)}
		if _, err := e.record(ctx, "calendar", f.ID, gone, added); err != nil {
			return err
		}
		_, err = e.tx.ExecContext(ctx, keepFeed, f.CompanyID, f.ID, f.Attempts, string(raw), now)
		return wrap(err, "calendar "+f.ID)
	})
}

// lacking are those of some days that are not among others, as the history
// shows them.
func lacking(days, others []schedule.Days) []string {
	said := []string{}
	for _, d := range days {
		if !slices.Contains(others, d) {
			said = append(said, d.From+"–"+d.To+" "+d.Title)
		}
	}
	return said
}

// The longer it fails the longer it is left alone, between a quarter of an hour
// and half a day.
const failFeed = `
update holidays set failing_since = coalesce(failing_since, $4), fault = $5, status = $6,
	due_at = now() + least(greatest($4 - coalesce(failing_since, $4), interval '15 minutes'), interval '12 hours')
where company_id = $1 and id = $2 and attempts = $3`

// Fail notes that a calendar cannot be read, and why, by a fault's code. Its
// days stay as they are: nothing opens and nothing closes.
func (f Feed) Fail(ctx context.Context, db *sqlx.DB, code string, status int, now time.Time) error {
	_, err := db.ExecContext(ctx, failFeed, f.CompanyID, f.ID, f.Attempts, now, code, status)
	return wrap(err, "calendar "+f.ID)
}
