package console

import (
	"strings"

	"ringback/settings"
)

// fewHints are as many as a schedule shows.
const fewHints = 3

// hinted are hints about a schedule, in words.
func (v *View) hinted(hints []settings.ScheduleHint, names map[string]string) []string {
	var said []string
	for _, h := range hints {
		if len(said) == fewHints {
			return append(said, "…")
		}
		key, first := "schedules.hint_"+h.Code, v.T("schedules.hint_now")
		if h.Under {
			key += "_under"
		}
		if h.From.After(v.now) {
			first = v.Soon(h.From)
		}
		hint := v.T(key, "Title", h.Other, "Time", first)
		if both := named(h.Advisors, names); both != "" {
			hint += " " + v.T("schedules.hint_both", "Names", both)
		}
		said = append(said, hint)
	}
	return said
}

// named are the names of those whom one may see.
func named(ids []string, names map[string]string) string {
	var said []string
	for _, id := range ids {
		if name := names[id]; name != "" {
			said = append(said, name)
		}
	}
	return strings.Join(said, ", ")
}
