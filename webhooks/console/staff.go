package console

import (
	"net/url"
	"strings"

	"ringback/settings"
	"ringback/settings/staff"
)

type staffPage struct {
	Items  []settings.Member
	Search string
	Older  string
	Keys   []staff.Key
	Teams  []settings.Team
	Names  map[string]string // of teams, by id

	MayChange, MayInvite, MayMakeKeys bool

	Form   member              // what is in the form: somebody new, or the one to change
	Called string              // who is to change, where what is in the form was refused
	Rings  []settings.Schedule // of the team that one was at, which can ring somebody new
	Rung   []string            // those that will, by id
	Invite bool                // somebody new gets a link to sign in with at once
	Faults map[string]string
	Fault  string
	Link   string // a one-time link, shown this once
	SentTo string // the address that it was sent to
	Key    keyForm
	Plain  string // a new key, shown this once

	Provider  string // the host of the company's identity provider
	Connected bool   // whether who is in the form signs in by it
	Code      bool   // and whether they have a second factor

	MayRequire, Required bool // a second factor of everybody
}

// Named are the names of teams.
func (p staffPage) Named(teams []string) string {
	var names []string
	for _, id := range teams {
		if name := p.Names[id]; name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func (v *View) readStaff() (staffPage, error) {
	page := staffPage{
		MayChange: v.Who.MayCall("create-member"), MayInvite: v.Who.MayCall("invite-member"), MayMakeKeys: v.Who.MayCall("create-key"),
		Form: newMember(), Names: map[string]string{}, Faults: map[string]string{}, Search: v.Query("q"),
	}
	if err := v.Who.Allowed("list-staff"); err != nil {
		return page, err
	}
	list, err := listed(v, func(m settings.Member) string { return m.ID }, func(before string, limit int) ([]settings.Member, error) {
		return settings.ListStaff(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, page.Search, before, limit)
	})
	if err != nil {
		return page, err
	}
	asked := url.Values{}
	if page.Search != "" {
		asked.Set("q", page.Search)
	}
	page.Items, page.Older = list.Items, older(asked, list.Next)
	if page.Teams, err = v.allTeams(); err != nil {
		return page, err
	}
	for _, t := range page.Teams {
		page.Names[t.ID] = t.Name
	}
	if page.MayRequire = v.Who.MayCall("change-company"); page.MayRequire {
		company, err := settings.FindCompany(v.ctx(), v.db(), v.Who.CompanyID)
		if err != nil {
			return page, err
		}
		page.Required = company.SecondFactor == settings.SecondFactorRequired
	}
	if page.MayChange && v.Team.ID != "" && v.Who.MayCall("change-schedule") {
		if page.Rings, err = settings.ListSchedules(v.ctx(), v.db(), v.Who.CompanyID, v.Team.ID, "", most); err != nil {
			return page, err
		}
	}
	if page.MayMakeKeys {
		page.Keys, err = staff.ListKeys(v.ctx(), v.db(), v.Who.CompanyID, "", most)
	}
	return page, err
}

// staffList is who may use this, and which machines.
func (v *View) staffList() error {
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	page.begin(v.Team.ID)
	return v.Show("staff.html", page)
}
