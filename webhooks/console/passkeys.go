package console

import (
	"errors"
	"net/http"

	"ringback/settings"
	"ringback/settings/staff"
)

// begin hands the browser what it is to ask of a device, and what it comes back with.
func (v *View) beginPasskey(options []byte, token string, err error) error {
	if err != nil {
		return err
	}
	http.SetCookie(v.g.Writer, v.console.Gate.PasskeyCookie(token))
	v.g.Data(http.StatusOK, "application/json", options)
	return nil
}

// startPasskey begins to make one.
func (v *View) startPasskey() error {
	return v.beginPasskey(v.console.Gate.StartPasskey(v.ctx(), v.Who))
}

// askPasskey begins to look at one, whoever's it is.
func (v *View) askPasskey() error {
	return v.beginPasskey(v.console.Gate.AskPasskey())
}

func (v *View) addPasskey() error {
	codes, err := v.console.Gate.AddPasskey(v.g.Request, v.Who, []byte(v.Form("passkey")), v.Form("name"))
	switch {
	case err == nil && codes != nil:
		return v.showRecovery(codes)
	case err == nil:
		return v.Go("/account/second-factor")
	}
	said := v.shut(err)
	var wrong settings.Invalid
	if errors.As(err, &wrong) {
		said = v.fault(wrong[0])
	}
	if said == "" {
		return err
	}
	page, err := v.readSecondFactor()
	if err != nil {
		return err
	}
	page.Fault = said
	return v.ShowFault("second-factor.html", page)
}

func (v *View) removePasskey() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.console.Gate.RemovePasskey(v.ctx(), v.Who, id); err != nil {
		return err
	}
	return v.Go("/account/second-factor")
}

// signInByPasskey lets in whose passkey it is.
func (v *View) signInByPasskey() error {
	form := v.signInForm(ownPath(v.Form("next")))
	cookie, err := v.console.Gate.SignInByPasskey(v.g.Request, []byte(v.Form("passkey")))
	if err == nil {
		for _, done := range []*http.Cookie{v.console.Gate.StepCookie(""), v.console.Gate.PasskeyCookie("")} {
			http.SetCookie(v.g.Writer, done)
		}
		return v.enter(cookie, form.Next)
	}
	if form.Fault = v.shut(err); form.Fault == "" {
		return err
	}
	return v.ShowFault("sign-in.html", form)
}

// proveByPasskey takes the passkey that comes along with a form.
func (v *View) proveByPasskey() (staff.Principal, error) {
	return v.console.Gate.ProveByPasskey(v.g.Request, v.Who, []byte(v.Form(proofPasskey)))
}
