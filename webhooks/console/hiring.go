package console

import (
	"slices"

	"ringback/settings"
	"ringback/settings/staff"
)

// WillRing reports whether a schedule will ring somebody new.
func (p staffPage) WillRing(id string) bool { return slices.Contains(p.Rung, id) }

// newMember is somebody new as the form begins.
func newMember() member {
	m := settings.NewMember()
	m.Role = settings.RoleAdvisor
	return member{m}
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
