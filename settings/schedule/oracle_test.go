package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The oracle knows nothing of offsets, periods or chunks. It walks through
// time minute by minute, looks at the clock on the wall, and opens or closes
// when the clock shows what the schedule says.

// plan is a random schedule in the oracle's own terms; times are text as the
// clock shows it, which sorts by time.
type plan struct {
	zone          string
	day           time.Time // of the first start
	start, length int       // minutes after midnight; minutes
	every         int       // days, weeks or months; 0: once
	kind          string    // DAILY, WEEKLY, MONTHLY
	weekdays      []time.Weekday
	monthDay      int // the day of the month; 0: see nth
	nth           int // the nth weekdays[0] of the month
	count         int // 0: without end
	business      *bool
	enabled       bool
	age           int
}

// places are zones with days on which something happens to their clocks, for
// the random schedules to be near.
var places = map[string][]string{
	"America/Chicago":     {"2026-03-08", "2026-11-01", "2044-11-06"},
	"Europe/Warsaw":       {"2026-03-29", "2026-10-25"},
	"Australia/Sydney":    {"2026-04-05", "2026-10-04"},
	"Australia/Lord_Howe": {"2026-04-05", "2026-10-04"},
	"America/Santiago":    {"2026-04-05", "2026-09-06"},
	"Africa/Casablanca":   {"2026-02-15", "2026-03-22"},
	"Africa/Cairo":        {"2026-04-24", "2026-10-30"},
	"Pacific/Apia":        {"2011-12-30"},
	"Asia/Kathmandu":      {"2026-02-28"},
	"UTC":                 {"2024-02-29", "2026-12-31"},
}

func drawPlan(t *rapid.T, zone string, near time.Time, age int) plan {
	p := plan{
		zone: zone, age: age,
		day:      near.AddDate(0, 0, rapid.IntRange(-40, 4).Draw(t, "day")),
		start:    rapid.IntRange(0, 24*60-1).Draw(t, "start"),
		length:   rapid.IntRange(1, 12*60).Draw(t, "length"),
		every:    rapid.IntRange(0, 3).Draw(t, "every"),
		kind:     rapid.SampledFrom([]string{"DAILY", "WEEKLY", "WEEKLY", "MONTHLY"}).Draw(t, "kind"),
		business: rapid.SampledFrom([]*bool{nil, nil, &yes, &no}).Draw(t, "business"),
		enabled:  rapid.IntRange(0, 9).Draw(t, "enabled") > 0,
	}
	if rapid.Bool().Draw(t, "in the small hours") {
		p.start %= 4 * 60
	}
	if rapid.IntRange(0, 4).Draw(t, "long") == 0 {
		p.length += 24 * 60 * rapid.IntRange(0, 3).Draw(t, "days")
	}
	if rapid.IntRange(0, 4).Draw(t, "full") == 0 {
		p.length = 24 * 60
	}
	if rapid.IntRange(0, 3).Draw(t, "counted") == 0 {
		p.count = rapid.IntRange(1, 20).Draw(t, "count")
	}
	everyWeekday := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	p.weekdays = rapid.SliceOfNDistinct(rapid.SampledFrom(everyWeekday), 1, 7, rapid.ID).Draw(t, "weekdays")
	switch {
	case p.kind == "MONTHLY" && rapid.Bool().Draw(t, "by day of month"):
		p.monthDay = rapid.IntRange(1, 31).Draw(t, "day of month")
	case p.kind == "MONTHLY":
		p.nth = rapid.SampledFrom([]int{1, 2, 3, 4, 5, -1, -2}).Draw(t, "nth")
	}
	return p
}

func drawDays(t *rapid.T, near time.Time) Days {
	first := near.AddDate(0, 0, rapid.IntRange(-8, 5).Draw(t, "first day"))
	last := first.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 0, 1, 2, 5}).Draw(t, "more days"))
	return Days{Title: "x", From: first.Format(time.DateOnly), To: last.Format(time.DateOnly)}
}

const shown = "2006-01-02T15:04"

// spec says the plan in the API's words.
func (p plan) spec() Spec {
	starts := p.day.Add(time.Duration(p.start) * time.Minute)
	s := Spec{
		ID: fmt.Sprint(p.age), Title: "x", TimeZone: p.zone, Enabled: p.enabled, BusinessHours: p.business,
		StartsAt: starts.Format(shown), EndsAt: starts.Add(time.Duration(p.length) * time.Minute).Format(shown),
		Created: time.Unix(int64(-p.age), 0), Ranked: time.Unix(int64(p.age), 0),
	}
	if p.every == 0 {
		return s
	}
	s.RRule = fmt.Sprintf("FREQ=%s;INTERVAL=%d", p.kind, p.every)
	if p.count > 0 {
		s.RRule += fmt.Sprintf(";COUNT=%d", p.count)
	}
	letters := func(d time.Weekday) string { return strings.ToUpper(d.String()[:2]) }
	switch {
	case p.kind == "WEEKLY":
		var days []string
		for _, d := range p.weekdays {
			days = append(days, letters(d))
		}
		s.RRule += ";BYDAY=" + strings.Join(days, ",")
	case p.monthDay > 0:
		s.RRule += fmt.Sprintf(";BYMONTHDAY=%d", p.monthDay)
	case p.nth != 0:
		s.RRule += fmt.Sprintf(";BYDAY=%d%s", p.nth, letters(p.weekdays[0]))
	}
	return s
}

// happens reports whether the plan's pattern names a day, given the days
// before it only by looking at a calendar.
func (p plan) happens(day time.Time) bool {
	if p.every == 0 {
		return day.Equal(p.day)
	}
	switch p.kind {
	case "DAILY":
		return int(day.Sub(p.day).Hours()/24)%p.every == 0
	case "WEEKLY":
		monday := p.day
		for monday.Weekday() != time.Monday {
			monday = monday.AddDate(0, 0, -1)
		}
		return int(day.Sub(monday).Hours()/24/7)%p.every == 0 && slices.Contains(p.weekdays, day.Weekday())
	}
	if months := (day.Year()-p.day.Year())*12 + int(day.Month()-p.day.Month()); months%p.every != 0 {
		return false
	}
	if p.monthDay > 0 {
		return day.Day() == p.monthDay
	}
	// The nth such weekday: n-1 of them before it in its month, or after it.
	step, before := -7, p.nth-1
	if p.nth < 0 {
		step, before = 7, -p.nth-1
	}
	others := 0
	for d := day.AddDate(0, 0, step); d.Month() == day.Month(); d = d.AddDate(0, 0, step) {
		others++
	}
	return day.Weekday() == p.weekdays[0] && others == before
}

// world is the stretch of time that the oracle walks through.
type world struct {
	from  time.Time // whole minutes from here on
	clock []string  // what the clock shows in each minute
	first map[string]int
}

func newWorld(zone *time.Location, from time.Time, minutes int) world {
	w := world{from: from, first: map[string]int{}}
	for i := range minutes {
		shows := from.Add(time.Duration(i) * time.Minute).In(zone).Format(shown)
		if _, seen := w.first[shows]; !seen {
			w.first[shows] = i
		}
		w.clock = append(w.clock, shows)
	}
	return w
}

// minute is the first one in which the clock shows a time; where it jumps over
// that time, as many minutes after the jump as the time was into the gap,
// counted in what was skipped.
func (w world) minute(wanted time.Time) (int, bool) {
	shows := wanted.Format(shown)
	if i, ok := w.first[shows]; ok {
		return i, true
	}
	for i := 1; i < len(w.clock); i++ {
		if w.clock[i-1] < shows && shows < w.clock[i] {
			last, _ := time.Parse(shown, w.clock[i-1])
			return i - 1 + int(wanted.Sub(last).Minutes()), true
		}
	}
	return 0, false
}

// cover marks the minutes in which the plan has a shift.
func (p plan) cover(w world) []bool {
	covered := make([]bool, len(w.clock))
	had := 0
	for day := p.day; day.Format(shown) <= w.clock[len(w.clock)-1]; day = day.AddDate(0, 0, 1) {
		if !p.happens(day) {
			continue
		}
		if had++; p.count > 0 && had > p.count {
			break
		}
		starts := day.Add(time.Duration(p.start) * time.Minute)
		ends := starts.Add(time.Duration(p.length) * time.Minute)
		from, ok := w.minute(starts)
		if !ok && starts.Format(shown) < w.clock[0] {
			from, ok = 0, true
		}
		to, until := w.minute(ends)
		if !until && ends.Format(shown) > w.clock[0] {
			to, until = len(covered), true
		}
		for i := from; ok && until && i < min(to, len(covered)); i++ {
			covered[i] = true
		}
	}
	return covered
}

// TestAgainstOracle holds every answer against the oracle's for random
// schedules of one team in two zones, and its holidays, around changes of the
// clock.
func TestAgainstOracle(t *testing.T) {
	var names []string
	for name := range places {
		names = append(names, name)
	}
	slices.Sort(names)
	worlds := map[string]world{} // Made once each: reading clocks is what takes time here.
	rapid.Check(t, func(t *rapid.T) {
		zones := rapid.SliceOfN(rapid.SampledFrom(names), 1, 2).Draw(t, "zones")
		near, err := time.Parse(time.DateOnly, rapid.SampledFrom(places[zones[0]]).Draw(t, "near"))
		require.NoError(t, err)
		const days = 9
		from := near.AddDate(0, 0, -5)
		open := make([]bool, days*24*60)
		rings := make([]bool, days*24*60)

		var schedules []Schedule
		var said []string
		for age := range rapid.IntRange(1, 4).Draw(t, "schedules") {
			p := drawPlan(t, rapid.SampledFrom(zones).Draw(t, "zone"), near, age)
			s, err := New(p.spec())
			if err != nil {
				t.Skip(err) // A rule that never comes, such as the 31st of every April.
			}
			schedules = append(schedules, s)
			said = append(said, fmt.Sprintf("%+v", p.spec()))
			key := p.zone + from.String()
			if _, made := worlds[key]; !made {
				worlds[key] = newWorld(s.Zone, from, len(open))
			}
			for i, covered := range p.cover(worlds[key]) {
				if covered && p.enabled { // Plans come from old to new.
					open[i], rings[i] = p.business == nil || *p.business, true
				}
			}
		}
		slices.Reverse(schedules)
		home, err := zone(zones[0])
		require.NoError(t, err)
		key := zones[0] + from.String()
		if _, made := worlds[key]; !made {
			worlds[key] = newWorld(home, from, len(open))
		}
		var holidays []Holiday
		for range rapid.IntRange(0, 3).Draw(t, "holidays") {
			days := drawDays(t, near)
			h, err := NewHoliday("x", days, nil, home)
			require.NoError(t, err)
			holidays = append(holidays, h)
			said = append(said, fmt.Sprintf("holiday %+v in %s", days, zones[0]))
			for i, shows := range worlds[key].clock {
				if day := shows[:len(time.DateOnly)]; day >= days.From && day <= days.To {
					open[i], rings[i] = false, false
				}
			}
		}
		compare(t, NewSet(schedules, holidays...), from, open, rings, strings.Join(said, "\n"))
	})
}

func compare(t *rapid.T, set *Set, from time.Time, open, rings []bool, said string) {
	at := func(i int) time.Time { return from.Add(time.Duration(i) * time.Minute) }
	for i := range open {
		if got := set.At(at(i)); got.Open != open[i] || got.Rings != rings[i] {
			t.Fatalf("at %s open %t, rings %t, not so\n%s", at(i), got.Open, got.Rings, said)
		}
	}
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(open)-1), 1, 30).Draw(t, "minutes") {
		second := time.Duration(rapid.IntRange(0, 59_999).Draw(t, "ms")) * time.Millisecond
		now := at(i).Add(second)
		same := func(what string, got time.Time, ok bool, minute int, inside bool) {
			if inside {
				require.True(t, ok, "%s at %s\n%s", what, now, said)
				require.Equal(t, at(minute).UTC(), got, "%s at %s\n%s", what, now, said)
			} else if ok { // It must lie outside of what the oracle walked through.
				outside := !got.Before(at(len(open))) || !got.After(from)
				require.True(t, outside, "%s at %s is %s\n%s", what, now, got, said)
			}
		}
		got, ok := set.NextOpen(now)
		minute, inside := naiveChange(open, i, true)
		same("NextOpen", got, ok, minute, inside)
		got, ok = set.NextClose(now)
		minute, inside = naiveChange(open, i, false)
		same("NextClose", got, ok, minute, inside)

		got, ok = set.ClosedSince(now)
		require.False(t, ok && open[i], "ClosedSince while open")
		minute = i
		for minute > 0 && !open[minute-1] {
			minute--
		}
		same("ClosedSince", got, ok, minute, minute > 0 && !open[i])
	}
}

// naiveChange is the first minute after i in which it is open after a closed
// one, or the other way round.
func naiveChange(open []bool, i int, wanted bool) (int, bool) {
	for i++; i < len(open); i++ {
		if open[i] == wanted && open[i-1] != wanted {
			return i, true
		}
	}
	return 0, false
}
