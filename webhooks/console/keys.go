package console

import "ringback/settings/staff"

// Scopes are what a key can be allowed.
func (staffPage) Scopes() []staff.Scope { return staff.Scopes }

// TeamOf is the name of the one team that a key reaches; empty: it reaches all.
func (p staffPage) TeamOf(k staff.Key) string {
	if k.TeamID == nil {
		return ""
	}
	return p.Names[*k.TeamID]
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
