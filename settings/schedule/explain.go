package schedule

import (
	"fmt"
	"time"
)

// Explain says it in English, to stand behind "Right now:", with times in the
// zone of the schedule they come from:
//
//	open until 17:00, because "Weekdays" is in effect
func (s State) Explain() string {
	switch s.Reason {
	case Open:
		closes, ok := s.set.NextClose(s.at)
		if !ok {
			return fmt.Sprintf("open with no end in sight, because %q is in effect", s.InEffect.Title)
		}
		return fmt.Sprintf("open until %s, because %q is in effect", clock(s.at, closes, s.InEffect.Zone), s.InEffect.Title)
	case ClosedByHoliday:
		return fmt.Sprintf("closed%s, because of the holiday %q", s.untilOpen(), s.Holiday.Title)
	case ClosedBySchedule:
		return fmt.Sprintf("closed%s, because %q is in effect, which is not business hours; phones still ring", s.untilOpen(), s.InEffect.Title)
	case OutsideSchedules:
		return fmt.Sprintf("closed%s, because no schedule is in effect", s.untilOpen())
	default:
		return "always closed, because no schedule is switched on"
	}
}

func (s State) untilOpen() string {
	opens, ok := s.set.NextOpen(s.at)
	if !ok {
		return " with no opening in sight"
	}
	return " until " + clock(s.at, opens, s.set.At(opens).InEffect.Zone)
}

// clock names an instant as briefly as is clear now: the time alone today, the
// weekday within a week, else the date.
func clock(now, then time.Time, zone *time.Location) string {
	now, then = now.In(zone), then.In(zone)
	switch days := wallOf(then).day() - wallOf(now).day(); {
	case days == 0:
		return then.Format("15:04")
	case days < 7:
		return then.Format("Monday 15:04")
	default:
		return then.Format("Monday 2 January 2006 15:04")
	}
}
