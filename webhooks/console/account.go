package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ringback/webhooks/api"
)

type accountPage struct {
	Language string // as chosen; empty: the browser's
	Changed  bool   // the password, just now
	Fault    string
	Faults   map[string]string
	Sessions []session
}

// session is one browser in which one is signed in.
type session struct {
	ID, Device string
	Since      time.Time
	SeenAt     time.Time `json:"seen_at"`
	Current    bool
}

// Others reports whether one is signed in anywhere else.
func (p accountPage) Others() bool {
	return slices.ContainsFunc(p.Sessions, func(s session) bool { return !s.Current })
}

func (v *View) readAccount() (accountPage, error) {
	page := accountPage{Language: v.Who.Language, Changed: v.Query("changed") != ""}
	if v.Who.StaffID == "" {
		return page, nil // a key is nobody's
	}
	var list struct{ Items []session }
	err := v.Get("/sessions?limit=200", &list)
	page.Sessions = list.Items
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
	header, err := v.Ask(http.MethodPost, "/session/password",
		map[string]string{"old_password": v.Form("old_password"), "password": v.Form("password")}, nil, nil)
	if err == nil {
		return v.enter(header, "/account?changed=1")
	}
	faults, invalid := v.Faults(err)
	said := ""
	if !invalid {
		if said = v.shut(header, err); said == "" {
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
	path := "/sessions"
	if id := v.Form("session"); id != "" {
		path += "/" + url.PathEscape(id)
	}
	err := v.Send(http.MethodDelete, path, nil, nil)
	var p *api.Problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound { // it has ended by itself
		err = nil
	}
	if err != nil {
		return err
	}
	return v.Go("/account#sessions")
}
