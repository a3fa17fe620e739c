package console

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"ringback/settings"
)

// How a schedule repeats, as the form has it.
const (
	weekly = "weekly"
	daily  = "daily"
	once   = "once"
	custom = "custom"
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
	if until, err := time.Parse(time.DateOnly, f.Until); err == nil && f.Kind != custom {
		rule += ";UNTIL=" + until.Format("20060102")
	}
	return &rule
}

// scheduleForm is the page of one schedule, or of a new one.
func (v *View) scheduleForm() error {
	form := scheduleForm{
		Kind: weekly, Days: week[:5], Date: v.Now().Format(time.DateOnly), From: "08:00", To: "17:00", TimeZone: v.Team.TimeZone, Enabled: true,
	}
	if v.g.Param("id") != "" {
		stored, err := v.storedSchedule()
		if err != nil {
			return err
		}
		form = formOf(stored)
	}
	return v.showSchedule(form, http.StatusOK)
}

func (v *View) storedSchedule() (settings.Schedule, error) {
	id, err := v.ID()
	if err != nil {
		return settings.Schedule{}, err
	}
	list, err := settings.ListSchedules(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", settings.MaxSchedules)
	if err != nil {
		return settings.Schedule{}, err
	}
	at := slices.IndexFunc(list, func(s settings.Schedule) bool { return s.ID == id })
	if at < 0 {
		return settings.Schedule{}, settings.ErrNotFound
	}
	return list[at], nil
}

// addSchedule gives the team one more.
func (v *View) addSchedule(s settings.Schedule) error {
	_, err := v.editTeam(func(e *settings.Edit) error {
		_, err := e.AddSchedule(v.ctx(), s)
		return err
	})
	return err
}

// changeSchedule changes a stored one.
func (v *View) changeSchedule(id string, change func(*settings.Schedule)) error {
	_, err := v.editTeam(func(e *settings.Edit) error {
		s, err := e.Schedule(v.ctx(), id)
		if err != nil {
			return err
		}
		change(&s)
		_, err = e.SaveSchedule(v.ctx(), s)
		return err
	})
	return err
}

// editTeam changes the team's settings in the name of who asks.
func (v *View) editTeam(change func(*settings.Edit) error) (settings.Team, error) {
	return settings.EditTeam(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, v.Who.Who, change)
}

func (v *View) showSchedule(form scheduleForm, status int) error {
	if v.Who.MayCall("list-staff") {
		list, err := settings.ListStaff(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, "", "", most)
		if err != nil {
			return err
		}
		form.Staff = slices.DeleteFunc(list, func(m settings.Member) bool {
			return !form.Rings(m.ID) && (!m.Active || m.Role != settings.RoleAdmin && !slices.Contains(m.Teams, v.Team.ID))
		})
	}
	form.Zones = zones
	return v.show(status, "schedule.html", form)
}

// saveSchedule adds a schedule, or changes one.
func (v *View) saveSchedule() error {
	form := scheduleForm{
		ID: v.g.Param("id"), Title: v.Form("title"), Kind: v.Form("kind"), Days: v.g.PostFormArray("days"), Date: v.Form("date"), From: v.Form("from"),
		EndDate: v.Form("end_date"), To: v.Form("to"), Until: v.Form("until"), Rule: v.Form("rrule"), TimeZone: v.Form("time_zone"),
		Business: v.Form("business"), Advisors: append([]string{}, v.g.PostFormArray("advisors")...), Enabled: v.Form("enabled") != "",
	}
	if form.ID != "" {
		if _, err := v.ID(); err != nil {
			return err
		}
	}
	if form.Kind == weekly && len(form.Days) == 0 {
		form.Faults = map[string]string{"days": v.T("schedules.fault_days")}
		return v.showSchedule(form, http.StatusUnprocessableEntity)
	}
	var err error
	if form.ID != "" {
		err = v.changeSchedule(form.ID, form.onto)
	} else {
		s := settings.NewSchedule()
		form.onto(&s)
		err = v.addSchedule(s)
	}
	if err == nil {
		return v.Go("/teams/" + v.Team.ID + "/schedules")
	}
	if form.Faults = v.scheduleFaults(err); len(form.Faults) == 0 {
		return err
	}
	return v.showSchedule(form, http.StatusUnprocessableEntity)
}

// scheduleFaults says in the reader's language what is wrong.
func (v *View) scheduleFaults(err error) map[string]string {
	if conflict(err) {
		return map[string]string{"": v.T("schedules.full")}
	}
	faults, _ := v.Faults(err)
	words := map[string]string{
		"title": v.T("schedules.fault_title"), "time_zone": v.T("fault.time_zone"), "starts_at": v.T("schedules.fault_start"),
		"ends_at": v.T("schedules.fault_end"), "rrule": v.T("schedules.fault_rule"),
	}
	said := map[string]string{}
	for field, detail := range faults {
		said[field] = words[field]
		if field == "rrule" { // which part of it, only what checks it knows
			said[field] += " " + detail
		} else if said[field] == "" {
			said[""] = detail
		}
	}
	return said
}

func conflict(err error) bool {
	var refused *settings.Conflict
	return errors.As(err, &refused)
}

// deleteSchedule takes one away; the history can bring it back.
func (v *View) deleteSchedule() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	_, err = v.editTeam(func(e *settings.Edit) error { return e.DeleteSchedule(v.ctx(), id) })
	if err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/schedules")
}

// Repeats says when a schedule is there: "Monday–Friday, 08:00–17:00".
func (v *View) Repeats(s schedule) string {
	f := formOf(s.Schedule)
	starts, err := time.Parse(time.DateOnly, f.Date)
	if err != nil {
		return ""
	}
	hours := f.From + "–" + f.To
	switch f.Kind {
	case once:
		return v.onceSaid(f, starts, hours)
	case daily:
		hours = v.T("schedules.every_day") + ", " + hours
	case weekly:
		hours = v.weekdays(f.Days) + ", " + hours
	default:
		hours += ", " + f.Rule
	}
	if starts.After(v.Now()) {
		hours += ", " + v.T("schedules.from_date", "Date", v.Words.Date(starts, v.Now()))
	}
	if until, err := time.Parse(time.DateOnly, f.Until); err == nil {
		hours += ", " + v.T("schedules.until_date", "Date", v.Words.Date(until, v.Now()))
	}
	return hours
}

func (v *View) onceSaid(f scheduleForm, starts time.Time, hours string) string {
	day := v.Words.Weekday(starts) + ", " + v.Words.Date(starts, v.Now())
	ends, err := time.Parse(time.DateOnly, f.EndDate)
	switch {
	case err != nil || f.EndDate == f.Date:
		return day + ", " + hours
	case f.From == "00:00" && f.To == "00:00" && ends.Equal(starts.AddDate(0, 0, 1)):
		return day + ", " + v.T("schedules.all_day")
	}
	return day + " " + f.From + " – " + v.Words.Date(ends, v.Now()) + " " + f.To
}

// weekdays names days, runs of three and more by their ends.
func (v *View) weekdays(days []string) string {
	if len(days) == len(week) {
		return v.T("schedules.every_day")
	}
	var said []string
	for n := 0; n < len(week); n++ {
		run := n
		for run < len(week) && slices.Contains(days, week[run]) {
			run++
		}
		switch {
		case run-n >= 3:
			said = append(said, v.Weekday(week[n])+"–"+v.Weekday(week[run-1]))
			n = run
		case run > n:
			said = append(said, v.Weekday(week[n]))
		}
	}
	return strings.Join(said, ", ")
}

// Weekday is the name of a day as rules write it.
func (v *View) Weekday(day string) string {
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	return v.Words.Weekday(monday.AddDate(0, 0, slices.Index(week, day)))
}
