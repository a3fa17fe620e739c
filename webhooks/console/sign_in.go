package console

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"ringback/webhooks/api"
)

type signInForm struct {
	Email, Next, Fault string
	Unsafe             bool // browsers will not keep the cookie
}

// signInPage asks who it is; who is signed in goes on at once.
func (v *View) signInPage() error {
	next := ownPath(v.Query("next"))
	if v.Who.StaffID != "" {
		return v.Go(next)
	}
	return v.Show("sign-in.html", signInForm{Next: next, Unsafe: v.console.Gate.Unsafe()})
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (v *View) signIn() error {
	form := signInForm{Email: v.Form("email"), Next: ownPath(v.Form("next")), Unsafe: v.console.Gate.Unsafe()}
	header, err := v.Ask(http.MethodPost, "/session", credentials{form.Email, v.Form("password")}, nil, nil)
	if err == nil {
		return v.enter(header, form.Next)
	}
	if form.Fault = v.shut(header, err); form.Fault == "" {
		return err
	}
	return v.ShowFault("sign-in.html", form)
}

// enter hands the session's cookie on to the browser.
func (v *View) enter(header http.Header, next string) error {
	for _, cookie := range header.Values("Set-Cookie") {
		v.g.Writer.Header().Add("Set-Cookie", cookie)
	}
	return v.Go(next)
}

// shut says why somebody is not let in; empty: the error is of another kind.
func (v *View) shut(header http.Header, err error) string {
	var p *api.Problem
	switch {
	case !errors.As(err, &p):
	case p.Status == http.StatusTooManyRequests:
		seconds, _ := strconv.ParseFloat(header.Get("Retry-After"), 64)
		return v.T("sign_in.throttled", "N", int(math.Ceil(max(seconds, 1)/60)))
	case p.Status == http.StatusUnauthorized, p.Status == http.StatusUnprocessableEntity:
		return v.T("sign_in.wrong")
	}
	return ""
}

// signOut ends this session, or all that one has.
func (v *View) signOut() error {
	path := "/session"
	if v.Form("everywhere") != "" {
		path += "?everywhere=true"
	}
	header, err := v.Ask(http.MethodDelete, path, nil, nil, nil)
	if err != nil {
		return err
	}
	return v.enter(header, "/sign-in")
}

// linkForm is the page of a one-time link: of the first admin, who names
// everything, or of one of the staff, who chooses a password alone.
type linkForm struct {
	First                bool
	Company, Name, Email string
	Fault                string
	Faults               map[string]string
}

// link shows what a one-time link is for. Looking does not use it up: mail
// programs look at links as well.
func (v *View) link() error {
	form, err := v.invited()
	if err != nil || form == nil {
		return err
	}
	if form.First {
		form.Company = "" // it has but a stand-in
	}
	return v.Show("link.html", form)
}

// invited is nil after it has said that the link is not in force.
func (v *View) invited() (*linkForm, error) {
	var form linkForm
	err := v.Get(v.linkPath(), &form)
	var p *api.Problem
	if errors.As(err, &p) && p.Status < http.StatusInternalServerError {
		return nil, v.show(http.StatusNotFound, "link-gone.html", nil)
	}
	return &form, err
}

func (v *View) linkPath() string { return "/links/" + url.PathEscape(v.g.Param("token")) }

func (v *View) useLink() error {
	form, err := v.invited()
	if err != nil || form == nil {
		return err
	}
	sent := map[string]string{"password": v.Form("password")}
	if form.First {
		form.Company, form.Name, form.Email = v.Form("company"), v.Form("name"), v.Form("email")
		sent["company"], sent["name"], sent["email"] = form.Company, form.Name, form.Email
	}
	header, err := v.Ask(http.MethodPost, v.linkPath(), sent, nil, nil)
	if err == nil {
		return v.enter(header, "/")
	}
	faults, invalid := v.Faults(err)
	if !invalid {
		if form.Fault = v.shut(header, err); form.Fault == "" {
			return err
		}
	}
	form.Faults = v.inWords(faults)
	return v.ShowFault("link.html", form)
}

// inWords says what is wrong with a field in the reader's language: what the
// API says about it is for those who program.
func (v *View) inWords(faults map[string]string) map[string]string {
	said := map[string]string{
		"company": v.T("fault.name"), "name": v.T("fault.name"), "email": v.T("fault.email"),
		"password": v.T("fault.password"), "old_password": v.T("fault.old_password"),
		"display_name": v.T("fault.name"), "time_zone": v.T("fault.time_zone"),
	}
	for field := range said {
		if _, wrong := faults[field]; !wrong {
			delete(said, field)
		}
	}
	return said
}
