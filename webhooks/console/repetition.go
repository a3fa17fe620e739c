package console

import (
	"strconv"
	"strings"
	"time"
)

// Repetition is how a rule repeats, in words; one that says what these words cannot
// is named as a rule of one's own.
func (v *View) repetition(rule string) string {
	parts := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimPrefix(strings.ToUpper(rule), "RRULE:"), ";") {
		name, value, _ := strings.Cut(part, "=")
		parts[name] = value
	}
	take := func(name string) string { defer delete(parts, name); return parts[name] }
	often, until, count := v.often(take), take("UNTIL"), take("COUNT")
	delete(parts, "WKST") // on which day a week begins says nothing to a reader
	if often == "" || len(parts) > 0 {
		return v.T("schedules.kind_custom") + ": " + rule
	}
	if count != "" {
		often += ", " + count + "×"
	}
	if at, err := time.Parse("20060102", until[:min(8, len(until))]); err == nil {
		often += ", " + v.T("schedules.until_date", "Date", v.Words.Date(at, v.Now()))
	}
	return often
}

// often is how often, and on which days; empty: there are no words for it.
func (v *View) often(take func(string) string) string {
	freq, every := take("FREQ"), take("INTERVAL")
	unit := map[string]string{"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}[freq]
	if unit == "" {
		return ""
	}
	said := v.Say("schedules.every_", unit)
	if every != "" && every != "1" {
		key := "schedules.every_n_" + unit
		said = v.T(key, "N", every)
	}
	days, date, month := take("BYDAY"), take("BYMONTHDAY"), take("BYMONTH")
	on := ""
	switch {
	case days == "" && date == "" && month == "":
		return said
	case freq == "WEEKLY" && date+month == "":
		if on = v.weekdays(strings.Split(days, ",")); every == "" || every == "1" {
			return on
		}
	case freq == "MONTHLY" && date+month == "":
		on = v.nth(days)
	case freq == "MONTHLY" && days+month == "":
		on = v.dayOfMonth(date)
	case freq == "YEARLY" && days == "":
		if at, err := time.Parse("1 2", month+" "+date); err == nil {
			on = v.Words.Date(at.AddDate(v.Now().Year(), 0, 0), v.Now())
		}
	}
	if on == "" {
		return ""
	}
	return said + ": " + on
}

// nth is one of a month's days of the week: 1SA, -1FR.
func (v *View) nth(day string) string {
	at := len(day) - len("SA")
	if at < 1 {
		return ""
	}
	key := "schedules.nth_" + day[:at]
	if !v.console.words.Has(key) {
		return ""
	}
	return v.T(key, "Day", v.Weekday(day[at:]))
}

// dayOfMonth is a day of the month by its number.
func (v *View) dayOfMonth(date string) string {
	if date == "-1" {
		return v.T("schedules.last_day")
	}
	if n, err := strconv.Atoi(date); err != nil || n < 1 {
		return ""
	}
	return v.T("schedules.day_of_month", "N", date)
}
