package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ringback/settings/fault"

	"github.com/teambition/rrule-go"
)

const (
	maxRule     = 500    // characters
	maxInterval = 1000   // periods
	maxCount    = 10_000 // occurrences
	maxTimes    = 6      // starts a day, by BYHOUR, BYMINUTE and BYSECOND
)

// parseRule reads an RRULE and gives it back in its plain form, upper case and
// without the prefix. An empty rule means once.
func parseRule(text string, start Wall, zone *time.Location) (string, recurrence, error) {
	text = strings.TrimSuffix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "RRULE:"), ";")
	if text == "" {
		return "", once(start), nil
	}
	if err := checkText(text); err != nil {
		return "", recurrence{}, err
	}
	option, err := rrule.StrToROption(text)
	if err != nil {
		return "", recurrence{}, unreadable(err.Error())
	}
	if err := checkOption(option, text); err != nil {
		return "", recurrence{}, err
	}
	r := newRecurrence(option, start)
	r.until = untilOf(text, option, zone)
	if _, ok := r.nth(1); !ok {
		return "", recurrence{}, ruleError("rule_never")
	}
	if option.Count > 0 {
		if last, ok := r.nth(option.Count); ok {
			r.until = last
		}
	}
	return text, r, nil
}

func ruleError(code string, pairs ...any) error { return fault.New("rrule", code, pairs...) }

func unreadable(why string) error {
	return ruleError("rule_unread", "Why", why, "How", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
}

// checkText refuses what would mean something else than one plain rule.
func checkText(text string) error {
	if len(text) > maxRule {
		return ruleError("rule_long", "N", len(text), "Limit", maxRule)
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ";") {
		key, _, _ := strings.Cut(part, "=")
		switch {
		case strings.ContainsAny(part, "\r\n") || key == "DTSTART":
			return ruleError("rule_alone")
		case seen[key]:
			return unreadable(fmt.Sprintf("%.20q stands there twice", key))
		}
		seen[key] = true
	}
	return nil
}

// checkOption holds a rule to RFC 5545 and to what can be answered quickly.
func checkOption(o *rrule.ROption, text string) error {
	if o.Freq > rrule.DAILY {
		return ruleError("rule_often", "How", strings.ToLower(o.Freq.String()))
	}
	if strings.Contains(text, "INTERVAL=") && (o.Interval < 1 || o.Interval > maxInterval) {
		return ruleError("rule_interval", "Limit", maxInterval)
	}
	if strings.Contains(text, "COUNT=") && (o.Count < 1 || o.Count > maxCount) {
		return ruleError("rule_count", "Limit", maxCount)
	}
	if o.Count > 0 && !o.Until.IsZero() {
		return ruleError("rule_both")
	}
	if max(1, len(o.Byhour))*max(1, len(o.Byminute))*max(1, len(o.Bysecond)) > maxTimes {
		return ruleError("rule_times", "Limit", maxTimes)
	}
	return checkDays(o)
}

// checkDays refuses combinations of day filters that RFC 5545 gives no meaning.
func checkDays(o *rrule.ROption) error {
	most := 5 // Mondays in a month
	if o.Freq == rrule.YEARLY && len(o.Bymonth) == 0 {
		most = 53
	}
	numbered := func(w rrule.Weekday) bool { return w.N() != 0 }
	switch {
	case slices.ContainsFunc(o.Byweekday, numbered) && (o.Freq > rrule.MONTHLY || len(o.Byweekno) > 0):
		return ruleError("rule_numbered")
	case slices.ContainsFunc(o.Byweekday, func(w rrule.Weekday) bool { return max(w.N(), -w.N()) > most }):
		return ruleError("rule_nth", "Limit", most)
	case len(o.Bymonthday) > 0 && o.Freq == rrule.WEEKLY:
		return ruleError("rule_monthday")
	case len(o.Byyearday) > 0 && o.Freq != rrule.YEARLY:
		return ruleError("rule_yearly", "Part", "BYYEARDAY")
	case len(o.Byweekno) > 0 && o.Freq != rrule.YEARLY:
		return ruleError("rule_yearly", "Part", "BYWEEKNO")
	case len(o.Byeaster) > 0:
		return ruleError("rule_easter")
	case o.Wkst.N() != 0:
		return unreadable("WKST takes a plain day such as MO")
	case len(o.Bysetpos) > 0 && len(o.Bymonth)+len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekno)+len(o.Byweekday)+len(o.Byhour)+len(o.Byminute)+len(o.Bysecond) == 0:
		return ruleError("rule_setpos", "How", "BYDAY=MO,TU,WE,TH,FR")
	}
	// Only for the bounds of the values, which rrule-go checks here.
	bounds := *o
	bounds.Dtstart = time.Unix(0, 0)
	if _, err := rrule.NewRRule(bounds); err != nil {
		return unreadable(err.Error())
	}
	return nil
}

// newRecurrence fills in from the start what the rule leaves open.
func newRecurrence(o *rrule.ROption, start Wall) recurrence {
	r := recurrence{
		freq: o.Freq, interval: max(1, o.Interval), start: start, until: forever, wkst: day(o.Wkst),
		months: o.Bymonth, monthDays: o.Bymonthday, yearDays: o.Byyearday, weekNumbers: o.Byweekno,
		positions: o.Bysetpos, times: timesOf(o, start),
	}
	for _, w := range o.Byweekday {
		r.weekdays = append(r.weekdays, weekday{day(w), w.N()})
	}
	page := start.page()
	if len(r.weekdays) == 0 && (r.freq == rrule.WEEKLY || len(r.weekNumbers) > 0) {
		r.weekdays = []weekday{{day: page.Weekday()}}
	}
	if r.freq <= rrule.MONTHLY && len(r.weekdays)+len(r.monthDays)+len(r.yearDays) == 0 {
		r.monthDays = []int{page.Day()}
		if r.freq == rrule.YEARLY && len(r.months) == 0 {
			r.months = []int{int(page.Month())}
		}
	}
	return r
}

// day translates rrule-go's weekday, which counts from Monday.
func day(w rrule.Weekday) time.Weekday { return time.Weekday((w.Day() + 1) % 7) }

// timesOf gives the times of day at which shifts begin: the start's, with
// what BYHOUR, BYMINUTE and BYSECOND say instead.
func timesOf(o *rrule.ROption, start Wall) []Wall {
	page := start.page()
	or := func(values []int, own int) []int {
		if len(values) == 0 {
			return []int{own}
		}
		return values
	}
	var times []Wall
	for _, hour := range or(o.Byhour, page.Hour()) {
		for _, minute := range or(o.Byminute, page.Minute()) {
			for _, second := range or(o.Bysecond, page.Second()) {
				times = append(times, Wall(hour*3600+minute*60+second))
			}
		}
	}
	slices.Sort(times)
	return slices.Compact(times)
}

// untilOf is the last moment at which an occurrence may begin. UNTIL with a Z
// is in UTC, without one on the wall; a mere date means through that day.
func untilOf(text string, o *rrule.ROption, zone *time.Location) Wall {
	_, value, given := strings.Cut(text, "UNTIL=")
	value, _, _ = strings.Cut(value, ";")
	switch {
	case !given:
		return forever
	case strings.HasSuffix(value, "Z"):
		return wallOf(o.Until.In(zone))
	case len(value) == len(rrule.DateFormat):
		return Wall(o.Until.Unix()) + daySeconds - 1
	default:
		return Wall(o.Until.Unix())
	}
}
