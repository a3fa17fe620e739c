package schedule

import (
	"cmp"
	"math"
	"slices"
)

// span is one occurrence in real time, Unix seconds, half open.
type span struct{ from, to int64 }

// slack is by how much an instant's Unix seconds and what a clock shows then
// can differ: 14 hours of offset, and the day that Samoa skipped in 2011.
const slack = 2 * daySeconds

// spans gives the occurrences that touch the time between two instants, in
// order, those that overlap or touch made one. An occurrence whose
// start the clock skips, and carries past its end, is left out.
func (s *Schedule) spans(from, to int64) []span {
	var all []span
	for start := range s.recurrence.between(Wall(from-s.length()-slack), Wall(to+slack)) {
		one := span{start.In(s.Zone).Unix(), (start + Wall(s.length())).In(s.Zone).Unix()}
		if one.from < one.to && one.from < to && one.to > from {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var merged []span
	for _, next := range all {
		if n := len(merged); n > 0 && next.from <= merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, next.to)
			continue
		}
		merged = append(merged, next)
	}
	return merged
}

// openBetween gives generous bounds, in Unix seconds, of the time in which a
// team can be open at all, for searches to stop at.
func openBetween(schedules []Schedule) (first, last int64) {
	first, last = math.MaxInt64, math.MinInt64
	for i := range schedules {
		s := &schedules[i]
		if !s.Business() {
			continue
		}
		first = min(first, int64(s.Starts)-slack)
		if s.recurrence.until == forever {
			last = math.MaxInt64
		} else {
			last = max(last, int64(s.recurrence.until)+s.length()+slack)
		}
	}
	return first, last
}
