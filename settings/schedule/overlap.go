package schedule

import (
	"slices"
	"time"
)

// Overlap is the first time at which two schedules of a set have an occurrence
// both; Over counts then.
type Overlap struct {
	Over, Under *Schedule // not to be changed
	From        time.Time
}

// What tells whether a schedule meets itself: the rarest that does is one of the end
// of February, in a leap year.
const (
	looksAt   = 5000                  // occurrences
	looksOver = 40 * 366 * daySeconds // time, on the wall clock
)

// MeetsItself reports whether an occurrence begins before the one before it has ended.
func (s *Schedule) MeetsItself() bool {
	count, last := 0, Wall(0)
	for start := range s.recurrence.between(s.Starts, s.Starts+looksOver) {
		if count > 0 && int64(start-last) < s.length() {
			return true
		}
		last = start
		if count++; count == looksAt {
			break
		}
	}
	return false
}

// Overlaps are those of the set's schedules in the time after t, the first to
// come in front.
func (s *Set) Overlaps(t time.Time, within time.Duration) []Overlap {
	from, to := t.Unix(), t.Add(within).Unix()
	var overlaps []Overlap
	all := make([][]span, len(s.schedules))
	for i := range s.schedules {
		all[i] = s.schedules[i].spans(from, to)
		for over := range i {
			if at, both := firstShared(all[over], all[i]); both && at < to {
				overlaps = append(overlaps, Overlap{&s.schedules[over], &s.schedules[i], time.Unix(at, 0).UTC()})
			}
		}
	}
	slices.SortStableFunc(overlaps, func(a, b Overlap) int { return a.From.Compare(b.From) })
	return overlaps
}

// firstShared is the first instant that two lists of spans, in order, share.
func firstShared(a, b []span) (int64, bool) {
	for len(a) > 0 && len(b) > 0 {
		if from := max(a[0].from, b[0].from); from < min(a[0].to, b[0].to) {
			return from, true
		}
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return 0, false
}

// Unused is a schedule that is not once in effect.
type Unused struct {
	Schedule *Schedule // not to be changed
	From     time.Time // its first occurrence; zero: it has none
	Under    State     // how the team stands then
}

// Unused are the set's schedules that are not once in effect in the time after
// t: a holiday or one that counts over it lies over each of their occurrences, or they have none.
func (s *Set) Unused(t time.Time, within time.Duration) []Unused {
	var unused []Unused
	for i := range s.schedules {
		one := &s.schedules[i]
		if _, used := s.NextIn(t, within, func(other *Schedule) bool { return other == one }); used {
			continue
		}
		found := Unused{Schedule: one}
		if spans := one.spans(t.Unix(), t.Add(within).Unix()); len(spans) > 0 {
			found.From = time.Unix(max(spans[0].from, t.Unix()), 0).UTC()
			found.Under = s.At(found.From)
		}
		unused = append(unused, found)
	}
	return unused
}
