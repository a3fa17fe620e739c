package settings

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ringback/settings/schedule"
)

const (
	icsWall    = "20060102T150405"
	icsInstant = "20060102T150405Z"
	icsYears   = 10 // how far ahead a zone's clock changes are listed
	icsLine    = 75 // bytes
)

// Calendar returns the team's schedules as an iCalendar file (RFC 5545). What
// is switched off is marked as canceled.
func Calendar(team Team, stored []Schedule, now time.Time) (string, error) {
	c := &calendar{}
	c.line("BEGIN:VCALENDAR")
	c.line("VERSION:2.0")
	c.line("PRODID:-//Ringback//Ring schedules//EN")
	c.line("X-WR-CALNAME:" + icsText(team.Name))
	zones := map[string]bool{}
	var events []schedule.Schedule
	for _, s := range stored {
		parsed, err := s.parse()
		if err != nil {
			return "", fmt.Errorf("schedule %s: %w", s.ID, err)
		}
		events = append(events, parsed)
		if name := parsed.Zone.String(); !zones[name] {
			zones[name] = true
			c.zone(parsed.Zone, now)
		}
	}
	for _, s := range events {
		c.event(s)
	}
	c.line("END:VCALENDAR")
	return c.text.String(), nil
}

type calendar struct{ text strings.Builder }

func (c *calendar) event(s schedule.Schedule) {
	c.line("BEGIN:VEVENT")
	c.line("UID:" + s.ID + "@ringback")
	c.line("DTSTAMP:" + s.Created.UTC().Format(icsInstant))
	c.line("SUMMARY:" + icsText(s.Title))
	c.line("DTSTART;TZID=" + s.Zone.String() + ":" + icsTime(s.Starts))
	c.line("DTEND;TZID=" + s.Zone.String() + ":" + icsTime(s.Ends))
	if s.RRule != "" {
		c.line("RRULE:" + s.RRule)
	}
	if s.Business() {
		c.line("CATEGORIES:Business hours")
	} else {
		c.line("CATEGORIES:Not business hours")
	}
	if !s.Enabled {
		c.line("STATUS:CANCELLED")
	}
	c.line("END:VEVENT")
}

// zone lists the clock changes of a time zone one by one: its rules in words
// are nothing that Go would tell.
func (c *calendar) zone(zone *time.Location, now time.Time) {
	c.line("BEGIN:VTIMEZONE")
	c.line("TZID:" + zone.String())
	at := now.AddDate(-icsYears, 0, 0).In(zone)
	c.change(at)
	for until := now.AddDate(icsYears, 0, 0); ; {
		_, next := at.ZoneBounds()
		if next.IsZero() || next.After(until) {
			break
		}
		at = next
		c.change(at)
	}
	c.line("END:VTIMEZONE")
}

// change is the clock change that the offset at the instant began with.
func (c *calendar) change(at time.Time) {
	begin, _ := at.ZoneBounds()
	if begin.IsZero() {
		begin = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).In(at.Location())
	}
	name, to := at.Zone()
	_, from := begin.Add(-time.Second).Zone()
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	c.line("BEGIN:" + kind)
	c.line("DTSTART:" + begin.UTC().Add(time.Duration(from)*time.Second).Format(icsWall))
	c.line("TZOFFSETFROM:" + icsOffset(from))
	c.line("TZOFFSETTO:" + icsOffset(to))
	c.line("TZNAME:" + icsText(name))
	c.line("END:" + kind)
}

// line adds one line, folded where it is longer than allowed, never inside a letter.
func (c *calendar) line(line string) {
	for room := icsLine; len(line) > room; room = icsLine - 1 {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		c.text.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	c.text.WriteString(line + "\r\n")
}

func icsTime(w schedule.Wall) string { return time.Unix(int64(w), 0).UTC().Format(icsWall) }

func icsOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}

var icsText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace
