package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ringback/channels"
	"ringback/settings/schedule"
	zones "ringback/settings/zone"
)

// What Meta takes of hours: two stretches a weekday, and so many dates.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-settings
const (
	maxStretches = 2
	maxDates     = 20
)

// weeksAhead is over how many weeks the usual week is looked for, and the days
// that differ from it.
const weeksAhead = 8

// stretch is a part of a day, in minutes after midnight.
type stretch struct{ from, to int }

// CallHours are the times at which the team's phones ring, as a week and the
// dates that differ from it: what is usual on a weekday in the eight weeks to come
// is the week, and the rest are dates, holidays among them.
func (s *Snapshot) CallHours(now time.Time) channels.CallHours {
	hours := channels.CallHours{Enabled: true, Zone: s.Team.TimeZone, Week: []channels.DayHour{}, Days: []channels.DayHour{}}
	zone, err := zones.Load(s.Team.TimeZone)
	if err != nil {
		zone, hours.Zone = time.UTC, "UTC"
	}
	year, month, day := now.In(zone).Date()
	type date struct {
		time.Time
		rings   []stretch
		holiday bool
	}
	var dates []date
	usual := map[time.Weekday][]stretch{}
	for n := range weeksAhead * 7 {
		d := date{Time: time.Date(year, month, day+n, 12, 0, 0, 0, zone)}
		d.rings, d.holiday = ringsOn(s.Schedules, d.Time)
		dates = append(dates, d)
	}
	for weekday := range 7 {
		var seen [][]stretch
		for _, d := range dates {
			if int(d.Weekday()) == weekday && !d.holiday {
				seen = append(seen, d.rings)
			}
		}
		usual[time.Weekday(weekday)] = commonest(seen)
	}
	for n := range 7 { // Monday first
		weekday := time.Weekday((n + 1) % 7)
		for _, r := range usual[weekday] {
			hours.Week = append(hours.Week, r.on(strings.ToUpper(weekday.String())))
		}
	}
	for _, d := range dates {
		if len(hours.Days) < maxDates && !slices.Equal(d.rings, usual[d.Weekday()]) {
			hours.Days = append(hours.Days, whole(d.rings).on(d.Format(time.DateOnly)))
		}
	}
	return hours
}

// ringsOn are the stretches of a day at which phones ring, at most as many as
// Meta takes: of more the two that are closest to each other are one.
func ringsOn(set *schedule.Set, day time.Time) (rings []stretch, holiday bool) {
	for _, b := range set.Day(day) {
		holiday = holiday || b.Holiday != nil
		if b.InEffect == nil || b.Starts >= b.Ends {
			continue
		}
		if n := len(rings); n > 0 && b.Starts <= rings[n-1].to {
			rings[n-1].to = max(rings[n-1].to, b.Ends)
			continue
		}
		rings = append(rings, stretch{b.Starts, b.Ends})
	}
	for len(rings) > maxStretches {
		closest := 0
		for n := 1; n+1 < len(rings); n++ {
			if rings[n+1].from-rings[n].to < rings[closest+1].from-rings[closest].to {
				closest = n
			}
		}
		rings[closest].to = rings[closest+1].to
		rings = slices.Delete(rings, closest+1, closest+2)
	}
	return rings, holiday
}

// commonest is what is there most often; of two the first.
func commonest(seen [][]stretch) (best []stretch) {
	most := 0
	for _, one := range seen {
		count := 0
		for _, other := range seen {
			if slices.Equal(one, other) {
				count++
			}
		}
		if count > most {
			best, most = one, count
		}
	}
	return best
}

// whole is a date's one stretch. Meta has no word for a day without any: its first
// minute stands for none.
func whole(rings []stretch) stretch {
	if len(rings) == 0 {
		return stretch{0, 1}
	}
	return stretch{rings[0].from, rings[len(rings)-1].to}
}

// on is the stretch as Meta writes it. A day ends at 23:59.
func (r stretch) on(day string) channels.DayHour {
	clock := func(minutes int) string {
		minutes = min(minutes, 24*60-1)
		return fmt.Sprintf("%02d%02d", minutes/60, minutes%60)
	}
	return channels.DayHour{Day: day, From: clock(r.from), To: clock(r.to)}
}
