package contact

import (
	"time"

	zones "ringback/settings/zone"

	"ringback/settings"
	"ringback/webhooks/web/i18n"
)

// hours is whether somebody is there, in words.
type hours struct {
	Open bool
	Said string // "Open now until 17:00"
	Now  string // the time where the team is, "Monday 14:02"
}

// opening says how the team stands at a time, in its own zone.
func opening(team *settings.Snapshot, l *i18n.Language, now time.Time) hours {
	zone, err := zones.Load(team.Team.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	now = now.In(zone)
	h := hours{Open: team.Schedules.At(now).Open, Now: l.Weekday(now) + " " + now.Format("15:04")}
	if h.Open {
		at, ok := team.Schedules.NextClose(now)
		at = at.In(zone)
		switch {
		case !ok:
			h.Said = l.T("open.always")
		case at.Sub(now) < 24*time.Hour && at.Day() == now.Day():
			h.Said = l.T("open.today", "Time", at.Format("15:04"))
		default:
			h.Said = l.T("open.later", "When", when(l, at, now))
		}
		return h
	}
	at, ok := team.Schedules.NextOpen(now)
	if !ok {
		h.Said = l.T("closed.always")
		return h
	}
	h.Said = l.T("closed.until", "When", when(l, at.In(zone), now))
	return h
}

// when is a coming time as one says it: "today 17:00", "Monday 08:00", and by
// its date when it is a week off or more.
func when(l *i18n.Language, at, now time.Time) string {
	days := int(midnight(at).Sub(midnight(now)).Hours() / 24)
	if days > 1 && days < 7 {
		return l.Weekday(at) + " " + at.Format("15:04")
	}
	return l.Moment(at, now)
}

// midnight is the day alone, free of what clocks do at night.
func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
