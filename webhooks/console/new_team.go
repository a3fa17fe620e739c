package console

import "ringback/settings"

type teamForm struct {
	settings.Team
	Faults map[string]string
	Zones  []string
}

// zones are offered to begin with; any other that the time zone database knows
// can be typed.
var zones = []string{
	"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
	"Pacific/Honolulu", "America/Toronto", "America/Vancouver", "America/Mexico_City", "America/Sao_Paulo", "America/Bogota",
	"America/Argentina/Buenos_Aires", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Madrid", "Europe/Paris",
	"Europe/Berlin", "Europe/Rome", "Europe/Warsaw", "Europe/Vienna", "Europe/Zurich", "Australia/Sydney", "UTC",
}

// newTeam is where an admin begins who has just named the company.
func (v *View) newTeam() error {
	return v.Show("new-team.html", teamForm{Team: settings.Team{Language: v.Words.Tag}, Zones: zones})
}

func (v *View) makeTeam() error {
	form := teamForm{Team: settings.NewTeam(), Zones: zones}
	form.Name, form.DisplayName, form.TimeZone, form.Language = v.Form("name"), v.Form("display_name"), v.Form("time_zone"), v.Form("language")
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

// MayMakeTeams reports whether who asks may make a team.
func (v *View) MayMakeTeams() bool { return v.Who.MayCall("create-team") }
