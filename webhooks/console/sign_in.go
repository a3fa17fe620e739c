package console

import (
	"errors"
	"math"
	"net/http"

	"ringback/settings"
	"ringback/settings/staff"
)

type signInForm struct {
	Email, Next, Fault string
	Unsafe             bool // browsers will not keep the cookie

	Provider string // the host of the company's identity provider; empty: there is none
	Password bool   // whether the fields for a password are shown
	Only     bool   // passwords are for local admins alone
	Mails    bool   // a link to choose another one can be sent
	Passkeys bool   // a passkey will do
}

func (v *View) signInForm(next string) signInForm {
	gate := v.console.Gate
	return signInForm{
		Next: next, Unsafe: gate.Unsafe(), Provider: gate.ProviderHost(), Only: gate.Identity.Only, Password: !gate.Identity.Only, Mails: gate.Mails(), Passkeys: gate.MayPasskeys(),
	}
}

// signInPage asks who it is; who is signed in goes on at once.
func (v *View) signInPage() error {
	next := ownPath(v.Query("next"))
	if v.Who.StaffID != "" {
		return v.Go(next)
	}
	form := v.signInForm(next)
	form.Password = form.Password || v.Query("local") != ""
	return v.Show("sign-in.html", form)
}

func (v *View) signIn() error {
	form := v.signInForm(ownPath(v.Form("next")))
	form.Email, form.Password = v.Form("email"), true
	_, cookie, err := v.console.Gate.SignIn(v.g.Request, form.Email, v.Form("password"), "")
	if err == nil {
		return v.enter(cookie, form.Next)
	}
	var half *staff.HalfWay
	if errors.As(err, &half) {
		return v.halfWay(half, form.Next)
	}
	if form.Fault = v.shut(err); form.Fault == "" {
		return err
	}
	return v.ShowFault("sign-in.html", form)
}

// enter hands the session's cookie to the browser.
func (v *View) enter(cookie *http.Cookie, next string) error {
	http.SetCookie(v.g.Writer, cookie)
	return v.Go(next)
}

// shut says why somebody is not let in; empty: the error is of another kind.
func (v *View) shut(err error) string {
	var throttled *staff.Throttled
	var out *staff.Shut
	switch {
	case errors.As(err, &out):
		return v.T("sign_in.provider."+out.Code, "Provider", v.console.Gate.ProviderHost())
	case errors.As(err, &throttled):
		return v.T("sign_in.throttled", "N", int(math.Ceil(max(throttled.Wait.Seconds(), 1)/60)))
	case errors.Is(err, staff.ErrBusy):
		return v.T("sign_in.throttled", "N", 1)
	case errors.Is(err, staff.ErrPasskey):
		return v.T("passkey.refused")
	case errors.Is(err, staff.ErrWrongCode):
		return v.T("sign_in.wrong_code")
	case errors.Is(err, staff.ErrWrong):
		return v.T("sign_in.wrong")
	}
	return ""
}

// signOut ends this session, or all that one has.
func (v *View) signOut() error {
	cookie, err := v.console.Gate.SignOut(v.ctx(), v.Who, v.Form("everywhere") != "")
	if err != nil {
		return err
	}
	return v.enter(cookie, "/sign-in")
}

// linkForm is the page of a one-time link: of the first admin, who names
// everything, or of one of the staff, who chooses a password alone.
type linkForm struct {
	First                bool
	Provider             string // where they sign in instead; empty: a password is chosen here
	Company, Name, Email string
	Fault                string
	Faults               map[string]string
}

// welcomes is where the link leads that Ringback prints for the first admin.
const welcomes = "/welcome/:token"

// goneLink is the page of a link that is not in force.
type goneLink struct {
	First    bool   // it was the first admin's
	SignedIn string // who is at the page; empty: nobody known
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
	who, err := v.console.Gate.Invited(v.ctx(), v.g.Param("token"))
	if errors.Is(err, settings.ErrNotFound) {
		return nil, v.show(http.StatusNotFound, "link-gone.html", goneLink{v.pattern() == welcomes, v.Who.Who})
	}
	form := &linkForm{First: who.First, Company: who.Company, Name: who.Name, Email: who.Email}
	if who.ByProvider {
		form.Provider = v.console.Gate.ProviderHost()
	}
	return form, err
}

func (v *View) useLink() error {
	form, err := v.invited()
	if err != nil || form == nil {
		return err
	}
	if form.Provider != "" {
		return v.Show("link.html", form)
	}
	if form.First {
		form.Company, form.Name, form.Email = v.Form("company"), v.Form("name"), v.Form("email")
	}
	cookie, err := v.console.Gate.UseLink(v.g.Request, v.g.Param("token"),
		staff.First{Company: form.Company, Name: form.Name, Email: form.Email, Password: v.Form("password")})
	if err == nil {
		return v.enter(cookie, "/")
	}
	var half *staff.HalfWay
	if errors.As(err, &half) {
		return v.halfWay(half, "/")
	}
	faults, invalid := v.Faults(err)
	if !invalid {
		if form.Fault = v.shut(err); form.Fault == "" {
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
