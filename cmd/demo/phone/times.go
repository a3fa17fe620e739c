package phone

import "time"

// typed is how a browser sends a date and a time of day.
const typed = "2006-01-02T15:04"

// reach is how far from the present the demo may be played.
const reach = 10 * 365 * 24 * time.Hour

// readTime reads which time to play: "now" (nil: the real one), "tuesday" and
// "sunday" (a time that is usually open and one that is usually closed), or a
// wall clock time in the team's zone.
func readTime(at string, now time.Time, zone *time.Location) (*time.Time, error) {
	var moment time.Time
	switch at {
	case "now":
		return nil, nil
	case "tuesday":
		moment = coming(time.Tuesday, 10, now.In(zone))
	case "sunday":
		moment = coming(time.Sunday, 22, now.In(zone))
	default:
		var err error
		if moment, err = time.ParseInLocation(typed, at, zone); err != nil {
			return nil, wrong("at", "Choose a date and a time of day, such as 2026-05-31 at 22:00.")
		}
		if distance := moment.Sub(now).Abs(); distance > reach {
			return nil, wrong("at", "Choose a time within ten years from now.")
		}
	}
	return &moment, nil
}

// coming is today at that hour when it is that day of the week, else the next
// such day.
func coming(day time.Weekday, hour int, now time.Time) time.Time {
	ahead := (int(day) - int(now.Weekday()) + 7) % 7
	return time.Date(now.Year(), now.Month(), now.Day()+ahead, hour, 0, 0, 0, now.Location())
}
