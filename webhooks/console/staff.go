package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"ringback/settings"
	"ringback/settings/staff"
)

// member is one of the staff as the page shows them.
type member struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Email  string   `json:"email"`
	Role   string   `json:"role"`
	Phone  string   `json:"phone"`
	Teams  []string `json:"teams"`
	Active bool     `json:"active"`
	SignIn string   `json:"sign_in"`
}

// On reports whether they are on a team.
func (m member) On(team string) bool { return slices.Contains(m.Teams, team) }

type key struct {
	ID, Name  string
	Team      *string
	Scopes    []string
	CreatedAt time.Time `json:"created_at"`
}

type staffPage struct {
	Items  []member
	Next   *string
	Search string
	Older  string
	Keys   []key
	Teams  []settings.Team
	Names  map[string]string // of teams, by id

	MayChange, MayInvite, MayMakeKeys bool

	Form   member // what is in the form: somebody new, or the one to change
	Faults map[string]string
	Fault  string
	Link   string // a one-time link, shown this once
	Plain  string // a new key, shown this once
}

// Roles are what one can be.
func (staffPage) Roles() []string {
	return []string{settings.RoleAdvisor, settings.RoleManager, settings.RoleAdmin}
}

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

func (v *View) readStaff() (staffPage, error) {
	page := staffPage{
		MayChange: v.Who.MayCall("create-member"), MayInvite: v.Who.MayCall("invite-member"), MayMakeKeys: v.Who.MayCall("create-key"),
		Form: member{Role: settings.RoleAdvisor, Active: true}, Names: map[string]string{}, Faults: map[string]string{},
	}
	page.Search = v.Query("q")
	asked, err := v.searched("/staff", 50, &page)
	if err != nil {
		return page, err
	}
	page.Older = older(asked, page.Next)
	if page.Teams, err = v.allTeams(); err != nil {
		return page, err
	}
	for _, t := range page.Teams {
		page.Names[t.ID] = t.Name
	}
	if page.MayMakeKeys {
		if page.Keys, err = all[key](v, "/keys"); err != nil {
			return page, err
		}
	}
	return page, nil
}

// staffList is who may use this, and which machines.
func (v *View) staffList() error {
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	return v.Show("staff.html", page)
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
	if err := v.Get("/staff/"+id, &page.Form); err != nil {
		return err
	}
	return v.Show("member.html", page)
}

// saveMember adds somebody, or changes them.
func (v *View) saveMember() error {
	id := v.g.Param("id")
	typed := member{
		ID: id, Name: v.Form("name"), Email: v.Form("email"), Role: v.Form("role"), Phone: v.Form("phone"),
		Teams: v.g.PostFormArray("teams"), Active: id == "" || v.Form("active") != "",
	}
	if typed.Teams == nil {
		typed.Teams = []string{}
	}
	body := map[string]any{
		"name": typed.Name, "email": typed.Email, "role": typed.Role, "phone": typed.Phone, "teams": typed.Teams, "active": typed.Active,
	}
	method, path, template := http.MethodPost, "/staff", "staff.html"
	if id != "" {
		method, path, template = http.MethodPatch, "/staff/"+id, "member.html"
	}
	err := v.Send(method, path, body, nil)
	if err == nil {
		return v.Go("/staff")
	}
	faults, ok := v.Faults(err)
	said, refused := v.refusal(err)
	if !refused {
		return err
	}
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	page.Form = typed
	if ok {
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
	var made struct{ URL string }
	if err := v.Send(http.MethodPost, "/staff/"+id+"/invite", nil, &made); err != nil {
		return err
	}
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	if err := v.Get("/staff/"+id, &page.Form); err != nil {
		return err
	}
	page.Link = made.URL
	return v.Show("member.html", page)
}

// makeKey makes an API key, which is shown this once.
func (v *View) makeKey() error {
	body := map[string]any{"name": v.Form("name"), "scopes": v.g.PostFormArray("scopes")}
	if team := v.Form("team"); team != "" {
		body["team"] = team
	}
	var made struct{ Key string }
	err := v.Send(http.MethodPost, "/keys", body, &made)
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
	page.Plain = made.Key
	return v.Show("staff.html", page)
}

// revokeKey ends a key.
func (v *View) revokeKey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.Send(http.MethodDelete, "/keys/"+id, nil, nil); err != nil {
		return err
	}
	return v.Go("/staff")
}
