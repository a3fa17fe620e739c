package schedule

import (
	"iter"
	"math"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

const (
	forever = Wall(math.MaxInt64)
	// A rule with no occurrence in 200 years is taken for a mistake: the rarest
	// sensible one, a 29 February on a Monday, comes within 40. A COUNT that
	// reaches further is as good as no end.
	patience = 200 * 366 * daySeconds
)

// recurrence is a rule in a form that can be asked about any stretch of time
// without walking there from its start: time is cut into periods (days, weeks,
// months, years, every interval-th of them), and the days of one period are
// put through the rule's filters.
type recurrence struct {
	freq     rrule.Frequency
	interval int
	start    Wall // no occurrence before it
	until    Wall // none after it; COUNT is turned into this
	wkst     time.Weekday

	months, monthDays, yearDays, weekNumbers []int
	weekdays                                 []weekday
	times                                    []Wall // of day, sorted
	positions                                []int
}

// weekday is a BYDAY value: every such day of the period, or its nth.
type weekday struct {
	day time.Weekday
	nth int // 0: every; negative: from the end
}

// once is the recurrence of a schedule without a rule.
func once(start Wall) recurrence {
	return recurrence{freq: rrule.DAILY, interval: 1, start: start, until: start, times: []Wall{start % daySeconds}}
}

// between gives the occurrences from one wall time to another, both included,
// in order.
func (r *recurrence) between(from, to Wall) iter.Seq[Wall] {
	from, to = max(from, r.start), min(to, r.until)
	return func(yield func(Wall) bool) {
		if from > to {
			return
		}
		for k := r.periodOf(from.day()); ; k++ {
			first, days := r.period(k)
			if first > to.day() {
				return
			}
			for _, w := range r.inPeriod(first, days) {
				if w > to || w >= from && !yield(w) {
					return
				}
			}
		}
	}
}

// nth is the nth occurrence, the first being 1; false if it is too far off.
func (r *recurrence) nth(n int) (Wall, bool) {
	for w := range r.between(r.start, r.start+patience) {
		if n--; n == 0 {
			return w, true
		}
	}
	return 0, false
}

// periodOf is the number of the last period that begins on or before the day;
// period 0 holds the start.
func (r *recurrence) periodOf(day int) int {
	start, here := pageOf(r.start.day()), pageOf(day)
	years := here.Year() - start.Year()
	switch r.freq {
	case rrule.YEARLY:
		return years / r.interval
	case rrule.MONTHLY:
		return (12*years + int(here.Month()) - int(start.Month())) / r.interval
	case rrule.WEEKLY:
		return (day - r.weekOf(r.start.day())) / 7 / r.interval
	default:
		return (day - r.start.day()) / r.interval
	}
}

// period is the first day of period k and how many days it has.
func (r *recurrence) period(k int) (first, days int) {
	start, steps := pageOf(r.start.day()), k*r.interval
	switch r.freq {
	case rrule.YEARLY:
		year := start.Year() + steps
		return dayOf(year, 1, 1), yearLength(year)
	case rrule.MONTHLY:
		year, month := start.Year(), start.Month()+time.Month(steps)
		first = dayOf(year, month, 1)
		return first, dayOf(year, month+1, 1) - first
	case rrule.WEEKLY:
		return r.weekOf(r.start.day()) + 7*steps, 7
	default:
		return r.start.day() + steps, 1
	}
}

// inPeriod gives the occurrences of one period. BYSETPOS picks from the whole
// period, also where the period begins before the start.
func (r *recurrence) inPeriod(first, days int) []Wall {
	var found []Wall
	for day := first; day < first+days; day++ {
		if !r.matches(day) {
			continue
		}
		for _, clock := range r.times {
			found = append(found, Wall(day)*daySeconds+clock)
		}
	}
	if len(r.positions) == 0 {
		return found
	}
	var picked []Wall
	for i := range found {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(found)) {
			picked = append(picked, found[i])
		}
	}
	return picked
}

func pageOf(day int) time.Time { return time.Unix(int64(day)*daySeconds, 0).UTC() }

func dayOf(year int, month time.Month, day int) int {
	return Wall(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()).day()
}

func yearLength(year int) int { return dayOf(year+1, 1, 1) - dayOf(year, 1, 1) }

// weekOf is the first day of the week that the day is in.
func (r *recurrence) weekOf(day int) int {
	return day - int(pageOf(day).Weekday()-r.wkst+7)%7
}
