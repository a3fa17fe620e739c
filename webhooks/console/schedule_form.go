package console

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"ringback/settings"
)

// scheduleForm is a schedule as people fill it in.
type scheduleForm struct {
	ID, Title, Kind, TimeZone, Business string
	Days                                []string // of the week, as a rule writes them: MO
	Date, From, EndDate, To, Until      string
	Rule                                string
	Advisors                            []string
	Enabled                             bool

	Staff  []settings.Member
	Zones  []string
	Hints  []string // what may not be meant
	Faults map[string]string
}

// Kinds are the ways to repeat.
func (scheduleForm) Kinds() []string { return []string{weekly, daily, once, custom} }

// Week is the days as rules write them.
func (scheduleForm) Week() []string { return week }

var week = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// On reports whether a day is ticked, Rings whether somebody's phone rings.
func (f scheduleForm) On(day string) bool   { return slices.Contains(f.Days, day) }
func (f scheduleForm) Rings(id string) bool { return slices.Contains(f.Advisors, id) }

var plainRule = regexp.MustCompile(`^FREQ=(WEEKLY|DAILY)(?:;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*))?(?:;UNTIL=(\d{8}))?$`)

// formOf is a stored schedule as people fill it in. What the plain fields
// cannot say is a rule of one's own.
func formOf(s settings.Schedule) scheduleForm {
	f := scheduleForm{ID: s.ID, Title: s.Title, Kind: once, TimeZone: s.TimeZone, Advisors: s.Advisors, Enabled: s.Enabled}
	if s.BusinessHours != nil {
		f.Business = map[bool]string{true: "yes", false: "no"}[*s.BusinessHours]
	}
	f.Date, f.From, _ = strings.Cut(s.StartsAt, "T")
	f.EndDate, f.To, _ = strings.Cut(s.EndsAt, "T")
	if s.RRule == nil {
		return f
	}
	f.Kind, f.Rule = custom, *s.RRule
	found := plainRule.FindStringSubmatch(*s.RRule)
	if found == nil || f.EndDate != endDate(f.Date, f.From, f.To) || (found[1] == "DAILY") != (found[2] == "") {
		return f
	}
	f.Kind, f.EndDate, f.Rule = strings.ToLower(found[1]), "", ""
	if found[2] != "" {
		f.Days = strings.Split(found[2], ",")
	}
	if until, err := time.Parse("20060102", found[3]); err == nil {
		f.Until = until.Format(time.DateOnly)
	}
	return f
}

// endDate is the day on which a shift ends that begins on a date: the same, or
// the next where the end is not later on the clock.
func endDate(date, from, to string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil || to > from {
		return date
	}
	return day.AddDate(0, 0, 1).Format(time.DateOnly)
}

// onto writes the form over a schedule.
func (f scheduleForm) onto(s *settings.Schedule) {
	ends := f.EndDate
	if ends == "" || f.Kind == weekly || f.Kind == daily {
		ends = endDate(f.Date, f.From, f.To)
	}
	s.Title, s.TimeZone, s.StartsAt, s.EndsAt = f.Title, f.TimeZone, f.Date+"T"+f.From, ends+"T"+f.To
	s.RRule, s.Enabled, s.Advisors, s.BusinessHours = f.rule(), f.Enabled, f.Advisors, nil
	if f.Business != "" {
		business := f.Business == "yes"
		s.BusinessHours = &business
	}
}

// rule is the RRULE; none for once.
func (f scheduleForm) rule() *string {
	rule := f.Rule
	switch f.Kind {
	case once:
		return nil
	case weekly:
		rule = "FREQ=WEEKLY;BYDAY=" + strings.Join(f.Days, ",")
	case daily:
		rule = "FREQ=DAILY"
	}
	if f.Until != "" && f.Kind != custom {
		rule += ";UNTIL=" + strings.ReplaceAll(f.Until, "-", "")
	}
	return &rule
}
