package console

import (
	"net/url"
	"slices"
	"strings"

	"ringback/settings"
	"ringback/settings/staff"
)

// member is one of the staff as the page shows them.
type member struct{ settings.Member }

// On reports whether they are on a team.
func (m member) On(team string) bool { return slices.Contains(m.Teams, team) }

type staffPage struct {
	Items  []settings.Member
	Search string
	Older  string
	Keys   []staff.Key
	Teams  []settings.Team
	Names  map[string]string // of teams, by id

	MayChange, MayInvite, MayMakeKeys bool

	Form   member              // what is in the form: somebody new, or the one to change
	Rings  []settings.Schedule // of the team that one was at, which can ring somebody new
	Rung   []string            // those that will, by id
	Invite bool                // somebody new gets a link to sign in with at once
	Faults map[string]string
	Fault  string
	Link   string // a one-time link, shown this once
	SentTo string // the address that it was sent to
	Plain  string // a new key, shown this once

	Provider  string // the host of the company's identity provider
	Connected bool   // whether who is in the form signs in by it
	Code      bool   // and whether they have a second factor

	MayRequire, Required bool // a second factor of everybody
}

// Roles are what one can be.
func (staffPage) Roles() []string {
	return []string{settings.RoleAdvisor, settings.RoleManager, settings.RoleAdmin}
}

// WillRing reports whether a schedule will ring somebody new.
func (p staffPage) WillRing(id string) bool { return slices.Contains(p.Rung, id) }

// Scopes are what a key can be allowed.
func (staffPage) Scopes() []staff.Scope { return staff.Scopes }

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

// TeamOf is the name of the one team that a key reaches; empty: it reaches all.
func (p staffPage) TeamOf(k staff.Key) string {
	if k.TeamID == nil {
		return ""
	}
	return p.Names[*k.TeamID]
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

// newMember is somebody new as the form begins.
func newMember() member {
	m := settings.NewMember()
	m.Role = settings.RoleAdvisor
	return member{m}
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

// begin is somebody new as most are: on the team that one was at, rung while it is
// open, and let in.
func (p *staffPage) begin(team string) {
	p.Invite = p.MayInvite
	if team == "" {
		return
	}
	p.Form.Teams = []string{team}
	for _, s := range p.Rings {
		if s.Enabled && !(schedule{Schedule: s}).After() {
			p.Rung = append(p.Rung, s.ID)
		}
	}
}

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

// addMember adds somebody, and makes them a link to sign in with if that is wanted.
func (v *View) addMember() error {
	typed := newMember()
	v.typedMember(&typed.Member)
	added, err := staff.Hire(v.ctx(), v.db(), v.Who, typed.Member, v.Team.ID, v.g.PostFormArray("schedules"))
	if err == nil && v.Form("invite") != "" && v.Who.MayCall("invite-member") {
		return v.invite(added.ID)
	}
	return v.afterMember("staff.html", typed, err)
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
		return v.Go("/staff")
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
	page.Form, page.Rung, page.Invite = typed, v.g.PostFormArray("schedules"), v.Form("invite") != ""
	if invalid {
		page.Faults = faults
	} else {
		page.Fault = said
	}
	return v.ShowFault(template, page)
}

// inviteMember makes a link at which they choose a password.
func (v *View) inviteMember() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	return v.invite(id)
}

// invite makes the link and shows it on their page.
func (v *View) invite(id string) error {
	made, err := v.console.Gate.InviteMember(v.ctx(), v.Who, id)
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
	page.Link, page.SentTo = made.URL, made.SentTo
	return v.Show("member.html", page)
}

// makeKey makes an API key, which is shown this once.
func (v *View) makeKey() error {
	typed := staff.Key{Name: v.Form("name"), Scopes: v.g.PostFormArray("scopes")}
	if team := v.Form("team"); team != "" {
		typed.TeamID = &team
	}
	_, plain, err := staff.MakeKey(v.ctx(), v.db(), v.Who, typed)
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	if refused {
		page.Fault = said
		return v.ShowFault("staff.html", page)
	}
	page.Plain = plain
	return v.Show("staff.html", page)
}

// revokeKey ends a key.
func (v *View) revokeKey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := staff.RevokeKey(v.ctx(), v.db(), v.Who, id); err != nil {
		return err
	}
	return v.goSaved("/staff", "keys")
}
