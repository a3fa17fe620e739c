package settings

import (
	"slices"
	"time"

	"ringback/settings/schedule"
)

// ahead is how far hints about schedules look: a holiday comes once a year.
const ahead = 366 * 24 * time.Hour

// ScheduleHint is what somebody may not have meant with a schedule that is on.
// None is a fault: one schedule over another is how a day gets its own hours.
type ScheduleHint struct {
	Code     string    // overlaps; covered or past: it is not once in effect
	Other    string    // title of the other schedule, or of the holiday
	Under    bool      // the other schedule counts
	From     time.Time // the first time
	Advisors []string  // who is in both
}

// Hints are those of the year to come, by the schedule's id.
func (t TeamHours) Hints(now time.Time) map[string][]ScheduleHint {
	rings := map[string]Advisors{}
	for _, s := range t.Schedules {
		rings[s.ID] = s.Advisors
	}
	hints := map[string][]ScheduleHint{}
	for _, unused := range t.set.Unused(now, ahead) {
		hint := ScheduleHint{Code: "covered", From: unused.From}
		switch under := unused.Under; {
		case under.Holiday != nil:
			hint.Other = under.Holiday.Title
		case under.InEffect != nil:
			hint.Other = under.InEffect.Title
		default:
			hint.Code = "past"
		}
		hints[unused.Schedule.ID] = []ScheduleHint{hint}
	}
	add := func(s *schedule.Schedule, hint ScheduleHint) {
		if all := hints[s.ID]; len(all) == 0 || all[0].Code == hint.Code { // why it is never in effect says it all
			hints[s.ID] = append(all, hint)
		}
	}
	for _, o := range t.set.Overlaps(now, ahead) {
		both := slices.DeleteFunc(slices.Clone(rings[o.Over.ID]), func(id string) bool { return !slices.Contains(rings[o.Under.ID], id) })
		add(o.Over, ScheduleHint{"overlaps", o.Under.Title, false, o.From, both})
		add(o.Under, ScheduleHint{"overlaps", o.Over.Title, true, o.From, both})
	}
	return hints
}
