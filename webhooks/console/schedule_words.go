package console

import (
	"slices"
	"strings"
	"time"
)

// Repeats says when a schedule is there: "Monday–Friday, 08:00–17:00".
func (v *View) Repeats(s schedule) string {
	f := formOf(s.Schedule)
	starts, err := time.Parse(time.DateOnly, f.Date)
	if err != nil {
		return ""
	}
	hours := f.From + "–" + f.To
	switch f.Kind {
	case once:
		return v.onceSaid(f, starts, hours)
	case daily:
		hours = v.T("schedules.every_day") + ", " + hours
	case weekly:
		hours = v.weekdays(f.Days) + ", " + hours
	default:
		return v.repetition(f.Rule) + ", " + hours
	}
	if starts.After(v.Now()) {
		hours += ", " + v.T("schedules.from_date", "Date", v.Words.Date(starts, v.Now()))
	}
	if until, err := time.Parse(time.DateOnly, f.Until); err == nil {
		hours += ", " + v.T("schedules.until_date", "Date", v.Words.Date(until, v.Now()))
	}
	return hours
}

func (v *View) onceSaid(f scheduleForm, starts time.Time, hours string) string {
	day := v.Words.Weekday(starts) + ", " + v.Words.Date(starts, v.Now())
	ends, err := time.Parse(time.DateOnly, f.EndDate)
	switch {
	case err != nil || f.EndDate == f.Date:
		return day + ", " + hours
	case f.From == "00:00" && f.To == "00:00" && ends.Equal(starts.AddDate(0, 0, 1)):
		return day + ", " + v.T("schedules.all_day")
	}
	return day + " " + f.From + " – " + v.Words.Date(ends, v.Now()) + " " + f.To
}

// weekdays names days, runs of three and more by their ends.
func (v *View) weekdays(days []string) string {
	if len(days) == len(week) {
		return v.T("schedules.every_day")
	}
	var said []string
	for n := 0; n < len(week); n++ {
		run := n
		for run < len(week) && slices.Contains(days, week[run]) {
			run++
		}
		switch {
		case run-n >= 3:
			said = append(said, v.Weekday(week[n])+"–"+v.Weekday(week[run-1]))
			n = run
		case run > n:
			said = append(said, v.Weekday(week[n]))
		}
	}
	return strings.Join(said, ", ")
}

// Weekday is the name of a day as rules write it.
func (v *View) Weekday(day string) string {
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	return v.Words.Weekday(monday.AddDate(0, 0, slices.Index(week, day)))
}
