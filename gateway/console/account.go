package console

import "net/http"

type accountPage struct {
	Language string // as chosen; empty: the browser's
	Changed  bool   // the password, just now
	Fault    string
	Faults   map[string]string
}

// account is how one signs in, and the language of the pages.
func (v *View) account() error {
	return v.Show("account.html", accountPage{Language: v.Who.Language, Changed: v.Query("changed") != ""})
}

func (v *View) changePassword() error {
	header, err := v.Ask(http.MethodPost, "/session/password",
		map[string]string{"old_password": v.Form("old_password"), "password": v.Form("password")}, nil, nil)
	if err == nil {
		return v.enter(header, "/account?changed=1")
	}
	page := accountPage{Language: v.Who.Language}
	faults, invalid := Faults(err)
	if !invalid {
		if page.Fault = v.shut(header, err); page.Fault == "" {
			return err
		}
	}
	page.Faults = v.inWords(faults)
	return v.ShowFault("account.html", page)
}
