package schedule

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// wholeDays is the day on which the event begins and how many days it takes;
// false for one that takes part of a day.
func (e *event) wholeDays() (starts, length int, ok bool) {
	starts, ok = midnight(e.starts)
	if !ok {
		return 0, 0, false
	}
	timed := strings.Contains(e.starts, "T")
	switch {
	case e.ends != "":
		ends, whole := midnight(e.ends)
		length, ok = ends-starts, whole
	case e.duration != "":
		length, ok = durationDays(e.duration)
	default:
		length, ok = 1, !timed
	}
	if length == 0 && !timed { // some write the last day for the one behind it
		length = 1
	}
	return starts, length, ok && length > 0 && int64(length)*daySeconds <= maxLength
}

// midnight is the day that a date means, or a time that is the beginning of one.
func midnight(value string) (int, bool) {
	date, clock, timed := strings.Cut(value, "T")
	day, err := time.Parse("20060102", date)
	if err != nil || timed && strings.TrimSuffix(clock, "Z") != "000000" {
		return 0, false
	}
	return Wall(day.Unix()).day(), true
}

// durationDays reads P1D, P2W and PT24H.
func durationDays(value string) (int, bool) {
	value = strings.TrimPrefix(strings.TrimPrefix(value, "+"), "P")
	each, per := 1, 1
	switch {
	case strings.HasSuffix(value, "W"):
		each = 7
	case strings.HasPrefix(value, "T") && strings.HasSuffix(value, "H"):
		value, per = value[1:], 24
	case !strings.HasSuffix(value, "D"):
		return 0, false
	}
	n, err := strconv.Atoi(value[:len(value)-1])
	return n * each / per, err == nil && n > 0 && n < 10_000 && n*each%per == 0
}

// occurrences are the days on which the event begins between two of them. A
// rule that cannot be read leaves its first day alone.
func (e *event) occurrences(starts int, from, to Wall) []int {
	start := Wall(starts) * daySeconds
	without := map[int]bool{}
	for _, value := range e.without {
		if day, ok := midnight(value); ok {
			without[day] = true
		}
	}
	days := map[int]bool{starts: true}
	if _, rule, err := parseRule(e.rule, start, time.UTC); err == nil {
		n := 0
		for w := range rule.between(from, to) {
			if n++; n > 2*MaxDays { // more than there may be, which is noticed
				break
			}
			days[w.day()] = true
		}
	}
	for _, value := range e.also {
		if day, ok := midnight(value); ok {
			days[day] = true
		}
	}
	var found []int
	for day := range days {
		if !without[day] {
			found = append(found, day)
		}
	}
	return found
}

func icsDay(day int) string { return pageOf(day).Format("20060102") }

// printable makes spaces of what no title may hold.
func printable(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
		return ' '
	}
	return r
}
