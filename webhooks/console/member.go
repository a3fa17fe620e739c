package console

import (
	"errors"
	"slices"
	"strings"

	"ringback/settings"
	"ringback/settings/staff"
)

// member is one of the staff as the page shows them.
type member struct{ settings.Member }

// On reports whether they are on a team.
func (m member) On(team string) bool { return slices.Contains(m.Teams, team) }

// Roles are what one can be.
func (staffPage) Roles() []string {
	return []string{settings.RoleAdvisor, settings.RoleManager, settings.RoleAdmin}
}

// TeamsFault is what is wrong with the teams of the form.
func (p staffPage) TeamsFault() string {
	for field, detail := range p.Faults {
		if strings.HasPrefix(field, "teams") {
			return detail
		}
	}
	return ""
}

// Many reports whether the teams are too many to look through.
func (p staffPage) Many() bool { return len(p.Teams) > 12 }

// memberForm is the page of one of the staff.
func (v *View) memberForm() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	if page.Form.Member, err = settings.FindMember(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, id); err != nil {
		return err
	}
	if err := v.readWays(&page); err != nil {
		return err
	}
	return v.Show("member.html", page)
}

// readWays finds how who is in the form signs in.
func (v *View) readWays(page *staffPage) error {
	ways, err := v.console.Gate.WaysOf(v.ctx(), page.Form.CompanyID, page.Form.ID)
	page.Provider, page.Connected = v.console.Gate.ProviderHost(), ways.Provider
	page.Code = ways.Code
	return err
}

// typedMember puts what stands in the form over somebody.
func (v *View) typedMember(m *settings.Member) {
	m.Name, m.Email, m.Role, m.Phone = v.Form("name"), v.Form("email"), v.Form("role"), v.typedPhone()
	m.Teams = append([]string{}, v.g.PostFormArray("teams")...)
}

// typedPhone is a number without a country as one of where the numbers of their first
// team are; of who has none, of the team that one was at last.
func (v *View) typedPhone() string {
	team := v.Team.ID
	if teams := v.g.PostFormArray("teams"); len(teams) > 0 {
		team = teams[0]
	}
	number, err := v.dialed(team, v.Form("phone"))
	if err != nil { // it is refused as it was typed, or stored if it needs no country
		v.console.Log.Warn("the country of a number is not known", "team", team, "error", err)
	}
	return number
}

// saveMember changes one of the staff.
func (v *View) saveMember() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	typed := member{settings.Member{ID: id}}
	edit := func(m *settings.Member) error {
		v.typedMember(m)
		m.Active = v.Form("active") != ""
		return nil
	}
	_ = edit(&typed.Member) // it refuses nothing
	_, err = staff.ChangeMember(v.ctx(), v.db(), v.Who, id, edit)
	return v.afterMember("member.html", typed, err)
}

// afterMember goes back to the list, or shows why somebody was not saved.
func (v *View) afterMember(template string, typed member, err error) error {
	if err == nil {
		return v.goSaved("/staff", "people")
	}
	faults, invalid := v.Faults(err)
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	if typed.ID != "" { // nobody is called by what was refused, and what else can be done about them stays on the page
		stored, err := settings.FindMember(v.ctx(), v.db(), v.Who.CompanyID, v.Who.Teams, typed.ID)
		if err == nil {
			page.Called, page.Form.Member = stored.Name, stored
			err = v.readWays(&page)
		}
		if err != nil && !errors.Is(err, settings.ErrNotFound) { // of nobody the form says what is wrong, as of anybody
			return err
		}
	}
	page.Form, page.Rung, page.Invite = typed, v.g.PostFormArray("schedules"), v.Form("invite") != ""
	if invalid {
		page.Faults = faults
	} else {
		page.Fault = said
	}
	return v.ShowFault(template, page)
}
