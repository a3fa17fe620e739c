package console

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"ringback/settings"
	"ringback/webhooks/api"
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

	Staff  []member
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
func formOf(s schedule) scheduleForm {
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

// body is the form as the API takes it.
func (f scheduleForm) body() map[string]any {
	ends := f.EndDate
	if ends == "" || f.Kind == weekly || f.Kind == daily {
		ends = endDate(f.Date, f.From, f.To)
	}
	body := map[string]any{
		"title": f.Title, "time_zone": f.TimeZone, "starts_at": f.Date + "T" + f.From, "ends_at": ends + "T" + f.To,
		"rrule": f.rule(), "enabled": f.Enabled, "business_hours": nil, "advisors": f.Advisors,
	}
	if f.Business != "" {
		body["business_hours"] = f.Business == "yes"
	}
	return body
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

func (v *View) storedSchedule() (schedule, error) {
	id, err := v.ID()
	if err != nil {
		return schedule{}, err
	}
	var list struct{ Items []schedule }
	if err := v.Get(v.In("/schedules?limit=200"), &list); err != nil {
		return schedule{}, err
	}
	at := slices.IndexFunc(list.Items, func(s schedule) bool { return s.ID == id })
	if at < 0 {
		return schedule{}, api.NewProblem(http.StatusNotFound, "")
	}
	return list.Items[at], nil
}

func (v *View) showSchedule(form scheduleForm, status int) error {
	if v.Who.MayCall("list-staff") {
		list, err := all[member](v, "/staff")
		if err != nil {
			return err
		}
		form.Staff = slices.DeleteFunc(list, func(m member) bool {
			return !form.Rings(m.ID) && (!m.Active || m.Role != "admin" && !m.On(v.Team.ID))
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
	method, path := http.MethodPost, "/schedules"
	if form.ID != "" {
		id, err := v.ID()
		if err != nil {
			return err
		}
		method, path = http.MethodPatch, "/schedules/"+id
	}
	if form.Kind == weekly && len(form.Days) == 0 {
		form.Faults = map[string]string{"days": v.T("schedules.fault_days")}
		return v.showSchedule(form, http.StatusUnprocessableEntity)
	}
	err := v.Send(method, v.In(path), form.body(), nil)
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
		if field == "rrule" { // which part of it, only the API knows
			said[field] += " " + detail
		} else if said[field] == "" {
			said[""] = detail
		}
	}
	return said
}

func conflict(err error) bool {
	var p *api.Problem
	var refused *settings.Conflict
	return errors.As(err, &refused) || errors.As(err, &p) && p.Status == http.StatusConflict
}

// deleteSchedule takes one away; the history can bring it back.
func (v *View) deleteSchedule() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodDelete, v.In("/schedules/"+id), nil, nil); err != nil {
		return err
	}
	return v.Go("/teams/" + v.Team.ID + "/schedules")
}

// Repeats says when a schedule is there: "Monday–Friday, 08:00–17:00".
func (v *View) Repeats(s schedule) string {
	f := formOf(s)
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
