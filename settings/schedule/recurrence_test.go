package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// drawRule makes a rule of any kind that New takes, leaving out those in which
// rrule-go departs from RFC 5545: it wants both of MO,2TU at once, takes every
// day of a BYWEEKNO without BYDAY, cuts off the first week for BYSETPOS, and
// forgets some weeks that begin in one year and belong to the next.
func drawRule(t *rapid.T) string {
	chance := func(label string, in int) bool { return rapid.IntRange(1, in).Draw(t, label) == 1 }
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 4).Draw(t, "interval"))}
	numbers := func(key string, most int, negative bool) {
		low := 1
		if negative {
			low = -most
		}
		values := rapid.SliceOfNDistinct(rapid.IntRange(low, most).Filter(func(n int) bool { return n != 0 }), 1, 4, rapid.ID).Draw(t, key)
		parts = append(parts, key+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(values), " ", ","), "[]"))
	}
	byDay := func(nth int) {
		days := rapid.SliceOfN(rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}), 1, 5).Draw(t, "days")
		for i := range days {
			if nth > 0 {
				days[i] = fmt.Sprintf("%d%s", rapid.SampledFrom([]int{1, 2, nth, -1, -2, -nth}).Draw(t, "nth"), days[i])
			}
		}
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	months := chance("months", 3)
	if months {
		numbers("BYMONTH", 12, false)
	}
	if freq != "WEEKLY" && chance("month days", 3) {
		numbers("BYMONTHDAY", 31, true)
	}
	switch {
	case freq == "YEARLY" && chance("year days", 4):
		numbers("BYYEARDAY", 366, true)
	case freq == "YEARLY" && chance("weeks", 3):
		parts = append(parts, fmt.Sprintf("BYWEEKNO=%d,%d", rapid.IntRange(2, 50).Draw(t, "week"), -rapid.IntRange(2, 50).Draw(t, "week")))
		byDay(0)
	case freq == "MONTHLY" && chance("numbered", 2) || freq == "YEARLY" && months && chance("numbered", 2):
		byDay(5)
	case freq == "YEARLY" && !months && chance("numbered", 3):
		byDay(53)
	case chance("days", 2):
		byDay(0)
	}
	if chance("hours", 5) {
		numbers("BYHOUR", 23, false)
	}
	if freq != "WEEKLY" && len(parts) > 2 && chance("positions", 4) {
		numbers("BYSETPOS", 3, true)
	}
	if chance("first day of the week", 3) {
		parts = append(parts, "WKST="+rapid.SampledFrom([]string{"SU", "MO", "WE"}).Draw(t, "wkst"))
	}
	switch rapid.IntRange(0, 3).Draw(t, "end") {
	case 0:
		parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 60).Draw(t, "count")))
	case 1:
		parts = append(parts, "UNTIL=20280229T080000")
	}
	return strings.Join(parts, ";")
}

// TestAgainstRRuleGo holds the recurrence against rrule-go's, which walks
// through all occurrences from the start.
func TestAgainstRRuleGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		start := Wall(time.Date(2023, 11, 1+rapid.IntRange(0, 800).Draw(t, "day"), 8, 0, 0, 0, time.UTC).Unix())
		_, r, err := parseRule(text, start, time.UTC)
		option, unreadable := rrule.StrToROption(text)
		require.NoError(t, unreadable)
		option.Dtstart = start.page()
		theirs, unreadable := rrule.NewRRule(*option)
		require.NoError(t, unreadable)

		from, to := start-1, start+13*366*daySeconds
		var want []Wall
		for _, at := range theirs.Between(from.page(), to.page(), true) {
			want = append(want, Wall(at.Unix()))
		}
		if err != nil {
			require.Empty(t, want, "%s from %s: %v", text, start, err)
			return
		}
		require.Equal(t, want, slices.Collect(r.between(from, to)), "%s from %s", text, start)

		// Any window gives its part of the same.
		low := start + Wall(rapid.IntRange(-100, 4000).Draw(t, "low"))*daySeconds/2
		high := low + Wall(rapid.IntRange(0, 200).Draw(t, "width"))*daySeconds/2
		want = slices.DeleteFunc(want, func(w Wall) bool { return w < low || w > high })
		require.ElementsMatch(t, want, slices.Collect(r.between(low, high)), "%s from %s, %s to %s", text, start, low, high)
	})
}

// What rrule-go reads otherwise than RFC 5545 does.
func TestRecurrenceByTheBook(t *testing.T) {
	tests := []struct{ start, rule, want string }{
		{"2026-01-05T08:00", "FREQ=MONTHLY;BYDAY=2TU,FR", "01-09 01-13 01-16 01-23 01-30 02-06"},
		{"2026-01-05T08:00", "FREQ=YEARLY;BYWEEKNO=20", "05-11 05-17 05-15 05-14 05-13 05-12"},
		{"2026-01-07T08:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "01-12 01-19 01-26 02-02 02-09 02-16"},
		{"2026-01-07T08:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1", "01-09 01-16 01-23 01-30 02-06 02-13"},
		// A start that the rule does not match is no occurrence.
		{"2026-01-05T08:00", "FREQ=WEEKLY;BYDAY=TU", "01-06 01-13 01-20 01-27 02-03 02-10"},
		{"2026-01-31T08:00", "FREQ=MONTHLY", "01-31 03-31 05-31 07-31 08-31 10-31"},
		{"2024-02-29T08:00", "FREQ=YEARLY", "02-29 02-29 02-29 02-29 02-29 02-29"},
		{"2026-01-05T08:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "01-30 02-27 03-31 04-30 05-29 06-30"},
	}
	for _, test := range tests {
		start, err := parseWall("starts_at", test.start)
		require.NoError(t, err)
		_, r, err := parseRule(test.rule, start, time.UTC)
		require.NoError(t, err)
		var got []string
		for w := range r.between(start, forever) {
			if got = append(got, w.page().Format("01-02")); len(got) == 6 {
				break
			}
		}
		require.Equal(t, test.want, strings.Join(got, " "), test.rule)
	}
}

// TestWeekNumbers holds week numbers against the standard library's.
func TestWeekNumbers(t *testing.T) {
	r := recurrence{wkst: time.Monday}
	for day := dayOf(1999, 1, 1); day < dayOf(2041, 1, 1); day++ {
		year, week := pageOf(day).ISOWeek()
		_, last := time.Date(year, time.December, 28, 0, 0, 0, 0, time.UTC).ISOWeek()
		number, of := r.weekNumber(day)
		require.Equal(t, []int{week, last}, []int{number, of}, pageOf(day).String())
	}
}
