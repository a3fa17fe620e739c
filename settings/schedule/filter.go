package schedule

import (
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// matches reports whether a day passes all of the rule's day filters.
func (r *recurrence) matches(day int) bool {
	page := pageOf(day)
	if len(r.months) > 0 && !slices.Contains(r.months, int(page.Month())) {
		return false
	}
	if len(r.weekdays) > 0 && !r.onWeekday(page) {
		return false
	}
	if len(r.monthDays) > 0 && !listed(r.monthDays, page.Day(), monthLength(page)) {
		return false
	}
	if len(r.yearDays) > 0 && !listed(r.yearDays, page.YearDay(), yearLength(page.Year())) {
		return false
	}
	if len(r.weekNumbers) > 0 {
		number, of := r.weekNumber(day)
		return listed(r.weekNumbers, number, of)
	}
	return true
}

// listed reports whether the position-th of so many is meant by the list,
// where negative values count from the end.
func listed(list []int, position, of int) bool {
	return slices.Contains(list, position) || slices.Contains(list, position-of-1)
}

// onWeekday reports whether the day is meant by BYDAY: "2TU" is the second
// Tuesday of the month, or of the year where the rule names no months.
func (r *recurrence) onWeekday(page time.Time) bool {
	position, of := page.Day(), monthLength(page)
	if r.freq == rrule.YEARLY && len(r.months) == 0 {
		position, of = page.YearDay(), yearLength(page.Year())
	}
	fromStart, fromEnd := (position-1)/7+1, -((of-position)/7 + 1)
	return slices.ContainsFunc(r.weekdays, func(w weekday) bool {
		return w.day == page.Weekday() && (w.nth == 0 || w.nth == fromStart || w.nth == fromEnd)
	})
}

// weekNumber is the number of the day's week and how many weeks its year has.
// As in ISO 8601, week 1 is the first with at least four days in the year, but
// with weeks that begin on WKST.
func (r *recurrence) weekNumber(day int) (number, of int) {
	// The week belongs to the year that its fourth day is in.
	week := r.weekOf(day)
	year := pageOf(week + 3).Year()
	first, next := r.weekOf(dayOf(year, 1, 4)), r.weekOf(dayOf(year+1, 1, 4))
	return (week-first)/7 + 1, (next - first) / 7
}

func monthLength(page time.Time) int {
	return time.Date(page.Year(), page.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
