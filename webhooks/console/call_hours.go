package console

import (
	"slices"
	"strings"
	"time"

	"ringback/channels"
)

// DayHours is a stretch of a day as people write it, not as Meta does: MONDAY 0800 is
// Monday 08:00.
func (v *View) DayHours(d channels.DayHour) string {
	day := d.Day
	if at, err := time.Parse(time.DateOnly, day); err == nil {
		day = v.Words.Date(at, v.Now())
	} else if len(day) > 2 && slices.Contains(week, day[:2]) {
		day = v.Weekday(day[:2])
	}
	return day + " " + colon(d.From) + "–" + colon(d.To)
}

// colon is 08:00 of 0800.
func colon(clock string) string {
	if len(clock) != 4 || strings.Contains(clock, ":") {
		return clock
	}
	return clock[:2] + ":" + clock[2:]
}
