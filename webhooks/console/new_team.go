package console

import (
	"ringback/settings"
	tables "ringback/settings/zone"
)

type teamForm struct {
	settings.Team
	Faults map[string]string
	Zones  []string
}

// newTeam is where an admin begins who has just named the company.
func (v *View) newTeam() error {
	return v.Show("new-team.html", teamForm{Team: settings.Team{Language: v.Words.Tag}, Zones: tables.Names()})
}

func (v *View) makeTeam() error {
	form := teamForm{Team: settings.NewTeam(), Zones: tables.Names()}
	form.Name, form.DisplayName, form.TimeZone, form.Language = v.Form("name"), v.Form("display_name"), tables.Named(v.Form("time_zone")), v.Form("language")
	made, err := settings.CreateTeam(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Who, form.Team)
	if err == nil {
		return v.Go("/teams/" + made.ID)
	}
	faults, invalid := v.Faults(err)
	if !invalid {
		return err
	}
	form.Faults = v.inWords(faults)
	if len(form.Faults) == 0 { // of a field that the form lets nobody get wrong
		return err
	}
	return v.ShowFault("new-team.html", form)
}

// City is the place that a zone is named for: one searches by it.
func (v *View) City(zone string) string { return tables.City(zone) }

// MayMakeTeams reports whether who asks may make a team.
func (v *View) MayMakeTeams() bool { return v.Who.MayCall("create-team") }
