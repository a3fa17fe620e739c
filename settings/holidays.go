package settings

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/fault"
	"ringback/settings/transaction"
	"ringback/settings/zone"
)

// HolidaysOf says whose holidays are meant: a team's own, or with no team those
// of the whole company.
type HolidaysOf struct{ Company, Team string }

const holidayColumns = `h.id, h.title, to_char(h.from_day, 'YYYY-MM-DD') as "from", to_char(h.to_day, 'YYYY-MM-DD') as "to", h.messages, h.feed,
	h.days, h.fetched_at, h.failing_since, h.fault, h.status, h.created_at, h.updated_at`

// ofThese is whose they are, in a form that has an index.
const ofThese = `company_id = $1 and (team_id = nullif($2, '')::uuid or $2 = '' and team_id is null)`

const listHolidays = `
select ` + holidayColumns + ` from holidays h
where ` + ofThese + ` and ($3 = '' or id < nullif($3, '')::uuid)
	and (feed is not null or to_day >= $4::date) <> $5
order by id desc limit $6`

// ListHolidays returns the holidays that are not over, or those that are, the
// newest first, from the one before that id on. Of a company they are over when
// the day has ended everywhere.
func ListHolidays(ctx context.Context, q sqlx.QueryerContext, of HolidaysOf, over bool, now time.Time, before string, limit int) ([]Holiday, error) {
	today := now.UTC().Add(-12 * time.Hour)
	if of.Team != "" {
		team, err := FindTeam(ctx, q, of.Company, of.Team)
		if err != nil {
			return nil, err
		}
		clock, err := zone.Load(team.TimeZone)
		if err != nil {
			return nil, wrap(err, "team "+team.ID)
		}
		today = now.In(clock)
	}
	var rows []storedHoliday
	err := sqlx.SelectContext(ctx, q, &rows, listHolidays, of.Company, of.Team, before, today.Format(time.DateOnly), over, limit)
	list := make([]Holiday, 0, len(rows))
	for _, row := range rows {
		list = append(list, row.shown())
	}
	return list, wrap(err, "holidays")
}

const findHoliday = `
select ` + holidayColumns + ` from holidays h
where ` + ofThese + ` and id = $3`

// FindHoliday returns one of them.
func FindHoliday(ctx context.Context, q sqlx.QueryerContext, of HolidaysOf, id string) (Holiday, error) {
	var row storedHoliday
	err := get(ctx, q, &row, findHoliday, of.Company, of.Team, id)
	return row.shown(), wrap(err, "holiday "+id)
}

// AddHoliday adds one. One more than MaxHolidays is a *Conflict.
func AddHoliday(ctx context.Context, db *sqlx.DB, of HolidaysOf, who string, h Holiday) (Holiday, error) {
	err := EditHolidays(ctx, db, of, who, func(e HolidayEdit) (err error) {
		h, err = e.Add(ctx, h)
		return err
	})
	return h, err
}

// ChangeHoliday runs the change of one and stores what comes of it.
func ChangeHoliday(ctx context.Context, db *sqlx.DB, of HolidaysOf, who, id string, change func(*Holiday) error) (Holiday, error) {
	var h Holiday
	err := EditHolidays(ctx, db, of, who, func(e HolidayEdit) (err error) {
		if h, err = FindHoliday(ctx, e.tx, of, id); err != nil {
			return err
		}
		before := h
		before.Messages = Messages{} // not written over in the memory that they share
		for key, message := range h.Messages {
			before.Messages[key] = message
		}
		looked := change(&h)
		h.ID = id
		h, err = e.save(ctx, before, h, looked)
		return err
	})
	return h, err
}

// DeleteHoliday takes one away.
func DeleteHoliday(ctx context.Context, db *sqlx.DB, of HolidaysOf, who, id string) error {
	return EditHolidays(ctx, db, of, who, func(e HolidayEdit) error { return e.Remove(ctx, id) })
}

// HolidayEdit is a change of holidays under way.
type HolidayEdit struct {
	tx     *sqlx.Tx
	of     HolidaysOf
	record func(ctx context.Context, what, subject string, before, after any) (bool, error)
}

// EditHolidays runs a change in one transaction that moves the version of every
// team which it concerns.
func EditHolidays(ctx context.Context, db *sqlx.DB, of HolidaysOf, who string, change func(HolidayEdit) error) error {
	if of.Team != "" {
		_, err := EditTeam(ctx, db, of.Company, of.Team, who, func(e *Edit) error { return change(e.Holidays()) })
		return err
	}
	return transaction.Run(ctx, db, func(tx *sqlx.Tx) error {
		if err := get(ctx, tx, new(Company), findCompany+` for no key update`, of.Company); err != nil {
			return wrap(err, "company "+of.Company)
		}
		moved := false
		err := change(HolidayEdit{tx, of, func(ctx context.Context, what, subject string, before, after any) (bool, error) {
			changed, err := record(ctx, tx, of.Company, nil, who, what, subject, before, after)
			moved = moved || changed
			return changed, err
		}})
		if err == nil && moved {
			_, err = tx.ExecContext(ctx, moveAllVersions, of.Company)
		}
		if err == nil && moved {
			_, err = tx.ExecContext(ctx, followAllCallHours, of.Company)
		}
		return err
	})
}

// Holidays is the edit of the team's own.
func (e *Edit) Holidays() HolidayEdit {
	return HolidayEdit{e.tx, HolidaysOf{e.Team.CompanyID, e.Team.ID}, e.record}
}

// maxFeeds is how many calendars a team can subscribe to, and a company.
const maxFeeds = 10

// Of a day that has not ended everywhere it is not said here that it is over.
const countHolidays = `
select count(*) as all, count(feed) as feeds,
	count(*) filter (where feed is not null or to_day >= (now() at time zone 'UTC' - interval '12 hours')::date) as ahead
from holidays where ` + ofThese

// room is a *Conflict where there are too many since the change.
func (e HolidayEdit) room(ctx context.Context) error {
	var there struct{ All, Feeds, Ahead int }
	if err := get(ctx, e.tx, &there, countHolidays, e.of.Company, e.of.Team); err != nil {
		return wrap(err, "holidays")
	}
	switch {
	case there.Ahead > MaxHolidays:
		return NewConflict("", "holidays_full", "Count", MaxHolidays)
	case there.All > maxHolidaysKept:
		return NewConflict("", "holidays_full", "Count", maxHolidaysKept)
	case there.Feeds > maxFeeds:
		return NewConflict("feed", "feeds_full", "Count", maxFeeds)
	}
	return nil
}

const insertHoliday = `
insert into holidays as h (company_id, team_id, id, title, from_day, to_day, messages, feed, due_at, created_at)
values ($1, nullif($2, '')::uuid, $3, $4, $5::date, $6::date, $7::jsonb, $8, case when $8::text is not null then now() end, coalesce($9, clock_timestamp()))
returning ` + holidayColumns

// add adds one under an id, as old as that says.
func (e HolidayEdit) add(ctx context.Context, id string, h Holiday) (Holiday, error) {
	h.tidy()
	if err := h.check(); err != nil {
		return h, err
	}
	row, err := e.write(ctx, insertHoliday, id, h, optional(made(id)))
	if err == nil {
		err = e.room(ctx)
	}
	if err == nil {
		_, err = e.record(ctx, "holiday", id, nil, row)
	}
	return row, err
}

// Another address is another calendar: nothing of the one before stays.
const updateHoliday = `
update holidays h set title = $4, from_day = $5::date, to_day = $6::date, messages = $7::jsonb, feed = $8, updated_at = now(),
	days = case when feed is not distinct from $8 then days else '[]' end,
	fetched_at = case when feed is not distinct from $8 then fetched_at end,
	failing_since = case when feed is not distinct from $8 then failing_since end,
	fault = case when feed is not distinct from $8 then fault else '' end,
	due_at = case when feed is not distinct from $8 then due_at when $8::text is not null then now() end,
	attempts = case when feed is not distinct from $8 then attempts else attempts + 1 end
where ` + ofThese + ` and id = $3
returning ` + holidayColumns

// Save stores what was changed about one.
func (e HolidayEdit) Save(ctx context.Context, before, h Holiday) (Holiday, error) {
	return e.save(ctx, before, h, nil)
}

// save stores one with which nothing is wrong, also nothing of what else was looked at.
func (e HolidayEdit) save(ctx context.Context, before, h Holiday, looked error) (Holiday, error) {
	h.tidy()
	if err := fault.Together(looked, h.check()); err != nil {
		return h, err
	}
	if changed, err := e.record(ctx, "holiday", h.ID, before, h); err != nil || !changed {
		return before, err
	}
	row, err := e.write(ctx, updateHoliday, h.ID, h)
	if err == nil {
		err = e.room(ctx)
	}
	return row, err
}

func (e HolidayEdit) write(ctx context.Context, statement, id string, h Holiday, more ...any) (Holiday, error) {
	messages, err := json.Marshal(h.Messages)
	if err != nil {
		return h, err
	}
	var row storedHoliday
	args := append([]any{e.of.Company, e.of.Team, id, h.Title, h.From, h.To, string(messages), h.Feed}, more...)
	err = get(ctx, e.tx, &row, statement, args...)
	return row.shown(), wrap(err, "holiday "+id)
}

const deleteHoliday = `delete from holidays where ` + ofThese + ` and id = $3`

// Find returns one of them.
func (e HolidayEdit) Find(ctx context.Context, id string) (Holiday, error) {
	return FindHoliday(ctx, e.tx, e.of, id)
}

// Remove takes one away.
func (e HolidayEdit) Remove(ctx context.Context, id string) error {
	before, err := FindHoliday(ctx, e.tx, e.of, id)
	if err != nil {
		return err
	}
	if _, err := e.tx.ExecContext(ctx, deleteHoliday, e.of.Company, e.of.Team, id); err != nil {
		return wrap(err, "holiday "+id)
	}
	_, err = e.record(ctx, "holiday", id, before, nil)
	return err
}

// restore puts back what a change of a holiday replaced.
func (e HolidayEdit) restore(ctx context.Context, c Reversal) error {
	now, err := FindHoliday(ctx, e.tx, e.of, c.Subject)
	remove := func() error { return e.Remove(ctx, c.Subject) }
	return putBack(c, now, err, Holiday{}, remove, func(h Holiday, gone bool) error {
		h.ID = c.Subject
		if gone {
			_, err := e.add(ctx, c.Subject, h)
			return err
		}
		_, err := e.Save(ctx, now, h)
		return err
	})
}
