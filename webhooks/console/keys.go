package console

import (
	"slices"
	"strings"

	"ringback/settings/staff"
)

// keyForm is a key that is to be made, as it was typed.
type keyForm struct {
	staff.Key
	Faults map[string]string
}

// May reports whether the key is to have that scope.
func (f keyForm) May(s staff.Scope) bool { return slices.Contains(f.Scopes, string(s)) }

// Reaches reports whether the key is to reach that team alone.
func (f keyForm) Reaches(team string) bool { return f.TeamID != nil && *f.TeamID == team }

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
	faults, invalid := v.Faults(err)
	said, refused := v.refusal(err)
	if err != nil && !refused {
		return err
	}
	page, err := v.readStaff()
	if err != nil {
		return err
	}
	page.begin(v.Team.ID)
	if invalid {
		page.Key = keyForm{typed, v.keyFaults(faults)}
		return v.ShowFault("staff.html", page)
	}
	if refused {
		page.Fault = said
		return v.ShowFault("staff.html", page)
	}
	page.Plain = plain
	return v.Show("staff.html", page)
}

// keyFaults are the faults of a key by the fields of its form.
func (v *View) keyFaults(faults map[string]string) map[string]string {
	said := map[string]string{}
	for field, detail := range faults {
		if strings.HasPrefix(field, "scopes") {
			field, detail = "scopes", v.T("staff.fault_scopes")
		}
		said[field] = detail
	}
	return said
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
