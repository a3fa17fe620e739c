package schedule

import (
	"fmt"
	"time"
)

const zoneYears = 40 // that a VTIMEZONE covers

// observance is one of a zone's habits: a change from one offset to another,
// and the wall times, by the old offset, at which it happened.
type observance struct {
	kind, name string
	from, to   int // seconds east of UTC
}

// zone writes a VTIMEZONE that covers the instants from first on.
func (c *calendar) zone(zone *time.Location, first time.Time) {
	var order []observance
	onsets := map[observance][]string{}
	add := func(o observance, onset string) {
		if onsets[o] == nil {
			order = append(order, o)
		}
		onsets[o] = append(onsets[o], onset)
	}
	// A zone without changes, and one whose first is yet to come, has held its
	// offset since ever.
	at := first.In(zone)
	if start, _ := at.ZoneBounds(); start.IsZero() {
		_, offset := at.Zone()
		add(observanceAt(at, offset), "19700101T000000")
	}
	for end := first.AddDate(zoneYears, 0, 0); ; {
		start, next := at.ZoneBounds()
		if !start.IsZero() {
			_, before := start.Add(-time.Second).Zone()
			add(observanceAt(start, before), start.UTC().Add(time.Duration(before)*time.Second).Format(icsLocal))
		}
		if next.IsZero() || next.After(end) {
			break
		}
		at = next
	}
	c.line("BEGIN:VTIMEZONE")
	c.line("TZID:" + zone.String())
	for _, o := range order {
		c.observance(o, onsets[o])
	}
	c.line("END:VTIMEZONE")
}

func observanceAt(at time.Time, before int) observance {
	name, offset := at.Zone()
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	return observance{kind, name, before, offset}
}

func (c *calendar) observance(o observance, onsets []string) {
	c.line("BEGIN:" + o.kind)
	c.line("TZNAME:" + o.name)
	c.line("TZOFFSETFROM:" + icsOffset(o.from))
	c.line("TZOFFSETTO:" + icsOffset(o.to))
	c.line("DTSTART:" + onsets[0])
	for _, onset := range onsets[1:] {
		c.line("RDATE:" + onset)
	}
	c.line("END:" + o.kind)
}

// icsOffset writes +0100, with seconds only where an old zone has them.
func icsOffset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}
