package schedule

import (
	"time"

	"ringback/settings/fault"
)

const daySeconds = 24 * 60 * 60 // of a calendar page, which has no daylight saving

// Wall is what a clock on a wall shows, date and time of day: the seconds
// since 1970-01-01T00:00 on that clock. It is an instant only in a zone.
type Wall int64

const (
	wallMinutes = "2006-01-02T15:04"
	wallSeconds = "2006-01-02T15:04:05"
)

// parseWall reads "2026-01-05T08:00", with seconds if given.
func parseWall(field, text string) (Wall, error) {
	for _, layout := range []string{wallMinutes, wallSeconds} {
		t, err := time.Parse(layout, text)
		if err != nil || t.Format(layout) != text {
			continue // Parse would let a fraction of a second pass.
		}
		if t.Year() < firstYear || t.Year() > lastYear {
			return 0, fault.New(field, "year", "From", firstYear, "To", lastYear)
		}
		return Wall(t.Unix()), nil
	}
	return 0, fault.New(field, "wall_clock")
}

// String gives the form that the API uses; seconds only where there are any.
func (w Wall) String() string {
	if w%60 != 0 {
		return w.page().Format(wallSeconds)
	}
	return w.page().Format(wallMinutes)
}

// In is the instant at which a clock in the zone shows w. Twice a year that
// needs a rule. A time that the clock skips moves forward by what is skipped
// (02:30 becomes 03:30, as RFC 5545 has it). A time that the clock shows twice
// means its first passing. Starts and ends share this one rule, so that shifts
// which touch on the wall also touch in real time.
//
// It does not ask time.Date, which leaves open what it gives for such times,
// nor ZoneBounds, which beyond 2037 also names turns of the year.
func (w Wall) In(zone *time.Location) time.Time {
	before, after := offset(int64(w)-nearby, zone), offset(int64(w)+nearby, zone)
	early, late := int64(w)-before, int64(w)-after
	if offset(early, zone) != before && offset(late, zone) == after {
		return time.Unix(late, 0).In(zone)
	}
	return time.Unix(early, 0).In(zone) // Also where no offset shows w: the old one carries it over the gap.
}

// nearby is a little more than any offset. Zones do not change twice in so
// short a time.
const nearby = 26 * 60 * 60

// offset is the zone's at an instant, in seconds east of UTC.
func offset(unix int64, zone *time.Location) int64 {
	_, seconds := time.Unix(unix, 0).In(zone).Zone()
	return int64(seconds)
}

// wallOf is what a clock in t's location shows at t.
func wallOf(t time.Time) Wall {
	_, offset := t.Zone()
	return Wall(t.Unix() + int64(offset))
}

// page is w as a calendar page: a time in UTC that reads the same.
func (w Wall) page() time.Time { return time.Unix(int64(w), 0).UTC() }

// day is the number of the calendar day that w is on; 1970-01-01 is 0.
func (w Wall) day() int { return int(floorDiv(int64(w), daySeconds)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
