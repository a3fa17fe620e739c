package console

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"ringback/settings"
	tables "ringback/settings/zone"
)

// How a schedule repeats, as the form has it.
const (
	weekly = "weekly"
	daily  = "daily"
	once   = "once"
	custom = "custom"
)

// scheduleForm is the page of one schedule, or of a new one.
func (v *View) scheduleForm() error {
	form := scheduleForm{
		Kind: weekly, Days: week[:5], Date: v.Now().Format(time.DateOnly), From: "08:00", To: "17:00", TimeZone: v.Team.TimeZone, Enabled: true,
	}
	if v.g.Param("id") != "" {
		var err error
		if form, err = v.storedSchedule(); err != nil {
			return err
		}
	}
	return v.showSchedule(form, http.StatusOK)
}

// storedSchedule is a stored one as the form has it, with what may not be meant.
func (v *View) storedSchedule() (scheduleForm, error) {
	id, err := v.ID()
	if err != nil {
		return scheduleForm{}, err
	}
	hours, err := settings.LoadHours(v.ctx(), v.db(), v.Team.Team)
	if err != nil {
		return scheduleForm{}, err
	}
	at := slices.IndexFunc(hours.Schedules, func(s settings.Schedule) bool { return s.ID == id })
	if at < 0 {
		return scheduleForm{}, settings.ErrNotFound
	}
	names, err := v.advisors()
	form := formOf(hours.Schedules[at])
	form.Hints = v.hinted(hours.Hints(v.now)[id], names)
	return form, err
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
	return settings.EditTeam(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, v.Who.Who, func(e *settings.Edit) error {
		e.Reaches, e.Vault = v.Who.Reaches, v.console.Vault
		return change(e)
	})
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
	form.Zones = tables.Names()
	return v.show(status, "schedule.html", form)
}

// saveSchedule adds a schedule, or changes one.
func (v *View) saveSchedule() error {
	form := scheduleForm{
		ID: v.g.Param("id"), Title: v.Form("title"), Kind: v.Form("kind"), Days: v.g.PostFormArray("days"), Date: v.Form("date"), From: v.Form("from"),
		EndDate: v.Form("end_date"), To: v.Form("to"), Until: v.Form("until"), Rule: v.Form("rrule"), TimeZone: tables.Named(v.Form("time_zone")),
		Business: v.Form("business"), Advisors: append([]string{}, v.g.PostFormArray("advisors")...), Enabled: v.Form("enabled") != "",
	}
	if form.ID != "" {
		if _, err := v.ID(); err != nil {
			return err
		}
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
		return v.goSaved("/teams/"+v.Team.ID+"/schedules", "all")
	}
	if form.Faults = v.scheduleFaults(err); len(form.Faults) == 0 {
		return err
	}
	v.placeRule(form)
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

// placeRule puts what is wrong with a rule beside the fields that it was made of.
func (v *View) placeRule(form scheduleForm) {
	said, wrong := form.Faults["rrule"]
	if !wrong || form.Kind == custom {
		return
	}
	delete(form.Faults, "rrule")
	_, noDate := time.Parse(time.DateOnly, form.Until)
	noDays := form.Kind == weekly && len(form.Days) == 0
	if noDays {
		form.Faults["days"] = v.T("schedules.fault_days")
	}
	switch {
	case form.Until != "" && noDate != nil:
		form.Faults["until"] = v.T("schedules.fault_date")
	case !noDays:
		form.Faults["until"] = said
	}
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
	return v.goSaved("/teams/"+v.Team.ID+"/schedules", "all")
}
