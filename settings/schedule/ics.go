package schedule

import (
	"fmt"
	"strings"
	"time"

	"ringback/settings/contentline"
)

// ICS gives schedules and holidays as an iCalendar file (RFC 5545) under a calendar's
// name.
//
// Times carry their zone, and every zone used is spelled out in a VTIMEZONE,
// since the format demands it, for 40 years from its first schedule on.
// DTSTART is the first occurrence that the rule really has, because calendars
// count DTSTART as one. A schedule that is switched off is STATUS:CANCELLED,
// and X-RINGBACK-BUSINESS-HOURS tells opening times from others. Holidays are whole
// days, without a zone, and say X-RINGBACK-HOLIDAY.
func ICS(name string, schedules []Schedule, holidays ...Holiday) []byte {
	var c calendar
	c.Line("BEGIN:VCALENDAR")
	c.Line("VERSION:2.0")
	c.Line("PRODID:-//Ringback//Ring schedules//EN")
	c.Line("X-WR-CALNAME:" + contentline.Escape(name))
	zones := map[string]bool{}
	for i := range schedules {
		zone := schedules[i].Zone
		if !zones[zone.String()] {
			zones[zone.String()] = true
			c.zone(zone, earliest(schedules, zone))
		}
	}
	for i := range schedules {
		c.event(&schedules[i])
	}
	for _, h := range holidays {
		c.holiday(h)
	}
	c.Line("END:VCALENDAR")
	return c.Bytes()
}

type calendar struct{ contentline.Lines }

const icsLocal, icsUTC = "20060102T150405", "20060102T150405Z"

func (c *calendar) event(s *Schedule) {
	starts := s.Starts
	if first, ok := s.recurrence.nth(1); ok {
		starts = first
	}
	ends := starts + Wall(s.length())
	c.Line("BEGIN:VEVENT")
	c.Line("UID:" + contentline.Escape(s.ID) + "@ringback")
	c.Line("DTSTAMP:" + s.Created.UTC().Format(icsUTC))
	c.Line("SUMMARY:" + contentline.Escape(s.Title))
	c.Line(fmt.Sprintf("DTSTART;TZID=%s:%s", s.Zone, starts.page().Format(icsLocal)))
	c.Line(fmt.Sprintf("DTEND;TZID=%s:%s", s.Zone, ends.page().Format(icsLocal)))
	if s.RRule != "" {
		c.Line("RRULE:" + s.icsRule())
	}
	if !s.Enabled {
		c.Line("STATUS:CANCELLED")
	}
	hours := "YES"
	if !s.Business() {
		hours = "NO"
	}
	c.Line("X-RINGBACK-BUSINESS-HOURS:" + hours)
	c.Line("END:VEVENT")
}

// holiday is one event of whole days; the last of them counts, and ends the day after.
func (c *calendar) holiday(h Holiday) {
	first, last, err := h.walls()
	if err != nil {
		return // which NewHoliday has refused
	}
	day := func(w Wall) string { return w.page().Format("20060102") }
	c.Line("BEGIN:VEVENT")
	c.Line("UID:" + contentline.Escape(h.ID+"-"+h.From) + "@ringback")
	c.Line("DTSTAMP:" + day(first) + "T000000Z")
	c.Line("SUMMARY:" + contentline.Escape(h.Title))
	c.Line("DTSTART;VALUE=DATE:" + day(first))
	c.Line("DTEND;VALUE=DATE:" + day(last+daySeconds))
	c.Line("X-RINGBACK-HOLIDAY:YES")
	c.Line("END:VEVENT")
}

// icsRule is the rule with its UNTIL in UTC, as the format wants it beside a
// start with a zone.
func (s *Schedule) icsRule() string {
	parts := strings.Split(s.RRule, ";")
	for i, part := range parts {
		if strings.HasPrefix(part, "UNTIL=") {
			parts[i] = "UNTIL=" + s.recurrence.until.In(s.Zone).UTC().Format(icsUTC)
		}
	}
	return strings.Join(parts, ";")
}

// earliest is the first start in a zone, of any schedule.
func earliest(schedules []Schedule, zone *time.Location) time.Time {
	var first time.Time
	for i := range schedules {
		start := schedules[i].Starts.In(zone)
		if schedules[i].Zone.String() == zone.String() && (first.IsZero() || start.Before(first)) {
			first = start
		}
	}
	return first
}
