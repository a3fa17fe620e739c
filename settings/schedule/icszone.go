package schedule

import (
	"fmt"
	"sort"
	"time"
)

const zoneYears = 40 // that a VTIMEZONE covers

// observance is one of a zone's habits: a change from one offset to another.
type observance struct {
	dst      bool
	name     string
	from, to int64 // seconds east of UTC
}

// zone writes a VTIMEZONE that covers the instants from first on: what holds
// then, as if it always had, and every change after.
func (c *calendar) zone(zone *time.Location, first time.Time) {
	order := []observance{observanceAt(first, offset(first.Unix(), zone), zone)}
	onsets := map[observance][]string{order[0]: {"19700101T000000"}}
	for _, change := range changes(zone, first, first.AddDate(zoneYears, 0, 0)) {
		before := offset(change.Unix()-1, zone)
		o := observanceAt(change, before, zone)
		if onsets[o] == nil {
			order = append(order, o)
		}
		onsets[o] = append(onsets[o], Wall(change.Unix()+before).page().Format(icsLocal))
	}
	c.Line("BEGIN:VTIMEZONE")
	c.Line("TZID:" + zone.String())
	for _, o := range order {
		c.observance(o, onsets[o])
	}
	c.Line("END:VTIMEZONE")
}

// changes are the instants between two others at which the zone's offset
// changes. It looks twice a week and then closer, for ZoneBounds cannot be
// followed from change to change: beyond 2037 it stands still.
func changes(zone *time.Location, from, to time.Time) []time.Time {
	const step = 84 * 60 * 60
	var found []time.Time
	for at := from.Unix(); at < to.Unix(); at += step {
		before := offset(at, zone)
		if offset(at+step, zone) != before {
			seconds := sort.Search(step, func(i int) bool { return offset(at+int64(i), zone) != before })
			found = append(found, time.Unix(at+int64(seconds), 0))
		}
	}
	return found
}

func observanceAt(at time.Time, before int64, zone *time.Location) observance {
	at = at.In(zone)
	name, now := at.Zone()
	return observance{at.IsDST(), name, before, int64(now)}
}

func (c *calendar) observance(o observance, onsets []string) {
	kind := "STANDARD"
	if o.dst {
		kind = "DAYLIGHT"
	}
	c.Line("BEGIN:" + kind)
	c.Line("TZNAME:" + o.name)
	c.Line("TZOFFSETFROM:" + icsOffset(o.from))
	c.Line("TZOFFSETTO:" + icsOffset(o.to))
	c.Line("DTSTART:" + onsets[0])
	for _, onset := range onsets {
		c.Line("RDATE:" + onset) // Some readers take DTSTART for none of them.
	}
	c.Line("END:" + kind)
}

// icsOffset writes +0100, with seconds only where an old zone has them.
func icsOffset(seconds int64) string {
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
