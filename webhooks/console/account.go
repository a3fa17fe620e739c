package console

import (
	"errors"
	"slices"

	"ringback/settings"
	"ringback/settings/staff"
)

type accountPage struct {
	Language string // as chosen; empty: the browser's
	Changed  bool   // the password, just now
	Provider string // the host of the company's identity provider; empty: there is none
	Ways     staff.Ways
	Said     bool // that they are connected, just now
	Fault    string
	Faults   map[string]string
	Sessions []staff.Session
}

// Others reports whether one is signed in anywhere else.
func (p accountPage) Others() bool {
	return slices.ContainsFunc(p.Sessions, func(s staff.Session) bool { return !s.Current })
}

func (v *View) readAccount() (accountPage, error) {
	page := accountPage{Language: v.Who.Language, Changed: v.Query("changed") != "", Said: v.Query("connected") != ""}
	if v.Who.CompanyID == v.console.Gate.Company { // whose the provider is
		page.Provider = v.console.Gate.ProviderHost()
	}
	if v.Who.StaffID == "" {
		return page, nil // a key is nobody's
	}
	var err error
	if page.Ways, err = v.console.Gate.Ways(v.ctx(), v.Who); err != nil {
		return page, err
	}
	page.Sessions, err = v.console.Gate.Sessions(v.ctx(), v.Who, "", 200)
	return page, err
}

// account is how one signs in and where one did, and the language of the pages.
func (v *View) account() error {
	page, err := v.readAccount()
	if err != nil {
		return err
	}
	return v.Show("account.html", page)
}

func (v *View) changePassword() error {
	cookie, err := v.console.Gate.ChangePassword(v.g.Request, v.Who, v.Form("old_password"), v.Form("password"))
	if err == nil {
		return v.enter(cookie, "/account?changed=1#change")
	}
	faults, invalid := v.Faults(err)
	said := ""
	if !invalid {
		if said = v.shut(err); said == "" {
			return err
		}
	}
	page, err := v.readAccount()
	if err != nil {
		return err
	}
	page.Fault = said
	page.Faults = v.inWords(faults)
	return v.ShowFault("account.html", page)
}

// endSession signs one out in another browser, or in all others.
func (v *View) endSession() error {
	var err error
	if id := v.Form("session"); id == "" {
		err = v.console.Gate.EndOthers(v.ctx(), v.Who)
	} else if settings.IsID(id) {
		err = v.console.Gate.EndSession(v.ctx(), v.Who, id)
	}
	if err != nil && !errors.Is(err, settings.ErrNotFound) { // else it has ended by itself
		return err
	}
	return v.Go("/account#sessions")
}
