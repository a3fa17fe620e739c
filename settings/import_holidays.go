package settings

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/settings/schedule"
)

// calendarYears is how far ahead the days of a calendar are taken.
const calendarYears = 3

// ReadHolidays gives the days of an iCalendar file that count at a time: from
// yesterday, as it may still be that somewhere, and three years ahead.
func ReadHolidays(calendar, title string, now time.Time) ([]schedule.Days, error) {
	return schedule.ReadCalendar(calendar, title, now.UTC().AddDate(0, 0, -1), now.UTC().AddDate(calendarYears, 0, 0))
}

// ImportHolidays adds each of the days of an iCalendar file as a holiday that
// can be changed by itself; those that are there already stay as they are. The
// answer is what was added.
func ImportHolidays(ctx context.Context, db *sqlx.DB, of HolidaysOf, who, calendar string, now time.Time) ([]Holiday, error) {
	days, err := ReadHolidays(calendar, "Holiday", now)
	var wrong Invalid
	if err != nil {
		if err = wrong.Take(err); err == nil {
			err = wrong
		}
		return nil, err
	}
	added := []Holiday{}
	err = EditHolidays(ctx, db, of, who, func(e HolidayEdit) error {
		added = added[:0]
		known, err := e.known(ctx)
		if err != nil {
			return err
		}
		for _, d := range days {
			if slices.Contains(known, d) {
				continue
			}
			h, err := e.Add(ctx, Holiday{Title: d.Title, From: &d.From, To: &d.To})
			if err != nil {
				return err
			}
			added = append(added, h)
		}
		return nil
	})
	return added, err
}

const knownHolidays = `
select title, to_char(from_day, 'YYYY-MM-DD') as "from", to_char(to_day, 'YYYY-MM-DD') as "to" from holidays
where ` + ofThese + ` and from_day is not null`

func (e HolidayEdit) known(ctx context.Context) ([]schedule.Days, error) {
	var known []schedule.Days
	err := sqlx.SelectContext(ctx, e.tx, &known, knownHolidays, e.of.Company, e.of.Team)
	return known, wrap(err, "holidays")
}
