package console

import (
	"strings"
	"time"

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

// Zone is a time zone as people call it: "Chicago (Central time)"; by its city alone
// where there is no such word. How it is kept on no summer's day tells which it is.
func (v *View) Zone(name string) string {
	at, err := tables.Load(name)
	if err != nil {
		return name
	}
	part, _, _ := strings.Cut(name, "/")
	short, offset := time.Date(v.now.Year(), time.January, 1, 0, 0, 0, 0, at).Zone()
	key := "zone." + part + "." + short
	if !v.console.words.Has(key) || short == "CST" && offset != -6*60*60 { // Havana's is another
		return tables.City(name)
	}
	return tables.City(name) + " (" + v.T(key) + ")"
}

// MayMakeTeams reports whether who asks may make a team.
func (v *View) MayMakeTeams() bool { return v.Who.MayCall("create-team") }
