package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// opening is how a language says when a team opens again.
type opening struct {
	Sentence string     `json:"sentence"` // of {day} and {time}
	Today    string     `json:"today"`
	Tomorrow string     `json:"tomorrow"`
	Weekdays [7]string  `json:"weekdays"` // from Sunday, with the preposition the sentence needs
	Date     string     `json:"date"`     // of {weekday}, {date} and {month}
	First    string     `json:"first"`    // the first of a month: 1er in French
	Months   [12]string `json:"months"`
	Time     string     `json:"time"`     // of {hour} and {minute}
	TimeOne  string     `json:"time_one"` // the same at one o'clock: a la 1:00 in Spanish
}

// OpensAt returns the whole sentence that stands for {{opens_at}}: "We open
// again Monday at 8:00." Days and hours are those of the zone that opens is in.
// It names today and tomorrow, then the weekday, and from the seventh day on
// the date as well, for then a weekday alone would mean the wrong week.
//
// The clock has 24 hours in every language, in English as well ("at 14:00"):
// it needs no AM or PM and cannot be misread.
//
// It is empty when opens is the zero time or not after now.
func OpensAt(lang string, now, opens time.Time) string {
	if opens.IsZero() || !opens.After(now) {
		return ""
	}
	o := find(lang).Opening
	return fill(o.Sentence, "{day}", o.day(now.In(opens.Location()), opens), "{time}", o.clock(opens))
}

func (o opening) day(now, opens time.Time) string {
	weekday := o.Weekdays[opens.Weekday()]
	switch days := civilDay(opens) - civilDay(now); {
	case days == 0:
		return o.Today
	case days == 1:
		return o.Tomorrow
	case days < 7:
		return weekday
	}
	date := strconv.Itoa(opens.Day())
	if opens.Day() == 1 {
		date = o.First
	}
	return fill(o.Date, "{weekday}", weekday, "{date}", date, "{month}", o.Months[opens.Month()-1])
}

func (o opening) clock(at time.Time) string {
	layout := o.Time
	if at.Hour() == 1 {
		layout = o.TimeOne
	}
	return fill(layout, "{hour}", strconv.Itoa(at.Hour()), "{minute}", fmt.Sprintf("%02d", at.Minute()))
}

// civilDay numbers the calendar days. It is counted in UTC, where each has 24
// hours: a day that is 23 or 25 hours long must not make tomorrow today.
func civilDay(t time.Time) int {
	year, month, day := t.Date()
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

func fill(layout string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(layout)
}
