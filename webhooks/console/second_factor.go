package console

import (
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"

	"github.com/skip2/go-qrcode"

	"ringback/settings"
	"ringback/settings/staff"
)

type secondFactorPage struct {
	staff.Codes
	Needed    bool // the company wants everybody to have one, and they have none
	New       staff.NewApp
	Picture   template.URL // what New's app reads
	Recovery  []string     // new codes, shown this once
	Fault     string
	Key       bool // whether secrets can be kept here
	Keys      []staff.Passkey
	May       bool // there can be passkeys here, and of theirs
	Elsewhere bool // they sign in by the provider alone, and have none
}

func (v *View) readSecondFactor() (secondFactorPage, error) {
	page := secondFactorPage{Needed: v.Who.Enrolls(), Key: v.console.Gate.Key != nil}
	var err error
	if page.Codes, err = v.console.Gate.Codes(v.ctx(), v.Who); err != nil {
		return page, err
	}
	ways, err := v.console.Gate.Ways(v.ctx(), v.Who)
	if err != nil {
		return page, err
	}
	may := v.console.Gate.MayPasskeys()
	page.May, page.Elsewhere = may && ways.Password, may && !ways.Password
	page.Keys, err = v.console.Gate.Passkeys(v.ctx(), v.Who)
	return page, err
}

// secondFactor is what somebody signs in with beside their password.
func (v *View) secondFactor() error {
	page, err := v.readSecondFactor()
	if err != nil {
		return err
	}
	return v.Show("second-factor.html", page)
}

// startSecondFactor shows the secret for an app, which is to confirm it by a code.
func (v *View) startSecondFactor() error {
	app, err := v.console.Gate.StartCodes(v.ctx(), v.Who)
	if err != nil {
		return err
	}
	return v.showApp(http.StatusOK, app, "")
}

func (v *View) showApp(status int, app staff.NewApp, fault string) error {
	page, err := v.readSecondFactor()
	if err != nil {
		return err
	}
	picture, err := qrcode.Encode(app.URL, qrcode.Medium, 256)
	if err != nil {
		return err
	}
	page.New, page.Fault = app, fault
	page.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture)) // #nosec G203 -- our own picture
	return v.show(status, "second-factor.html", page)
}

func (v *View) confirmSecondFactor() error {
	codes, err := v.console.Gate.ConfirmCodes(v.g.Request, v.Who, v.Form("code"))
	if err == nil {
		return v.showRecovery(codes)
	}
	said := v.shut(err)
	if wrong, ok := v.Faults(err); ok {
		said = wrong["code"]
	}
	if said == "" {
		return err
	}
	app, err := v.console.Gate.WaitingApp(v.ctx(), v.Who)
	if err != nil {
		return err
	}
	return v.showApp(http.StatusUnprocessableEntity, app, v.T("factor.wrong"))
}

func (v *View) renewRecovery() error {
	codes, err := v.console.Gate.RenewRecovery(v.ctx(), v.Who)
	if err != nil {
		return err
	}
	return v.showRecovery(codes)
}

func (v *View) showRecovery(codes []string) error {
	page, err := v.readSecondFactor()
	if err != nil {
		return err
	}
	page.Recovery, page.Needed = codes, false
	return v.Show("second-factor.html", page)
}

func (v *View) removeSecondFactor() error {
	if err := v.console.Gate.RemoveCodes(v.ctx(), v.Who); err != nil {
		return err
	}
	return v.Go("/account/second-factor")
}

// resetSecondFactor takes it away from somebody who has lost it.
func (v *View) resetSecondFactor() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.console.Gate.ResetCodes(v.ctx(), v.Who, id); err != nil {
		return err
	}
	return v.Go("/staff/" + id)
}

// requireSecondFactor chooses whether everybody needs one.
func (v *View) requireSecondFactor() error {
	_, err := staff.ChangeCompany(v.ctx(), v.db(), v.Who, func(c *settings.Company) error {
		c.SecondFactor = settings.SecondFactorOptional
		if v.Form("required") != "" {
			c.SecondFactor = settings.SecondFactorRequired
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.goSaved("/staff", "factor")
}

// codeForm asks who has shown their password for a code.
type codeForm struct {
	Next, Fault string
	Passkeys    bool // a passkey will do
}

func (v *View) codePage() error {
	if !v.console.Gate.HalfWay(v.g.Request) {
		return v.Go("/sign-in")
	}
	return v.Show("sign-in-code.html", codeForm{Next: ownPath(v.Query("next")), Passkeys: v.console.Gate.MayPasskeys()})
}

// halfWay leads on who has shown their password and owes a code.
func (v *View) halfWay(half *staff.HalfWay, next string) error {
	http.SetCookie(v.g.Writer, v.console.Gate.StepCookie(half.Token))
	return v.Go("/sign-in/code?next=" + template.URLQueryEscaper(next))
}

func (v *View) signInByCode() error {
	form := codeForm{Next: ownPath(v.Form("next")), Passkeys: v.console.Gate.MayPasskeys()}
	cookie, err := v.console.Gate.FinishSignIn(v.g.Request, v.Form("code"))
	if err == nil {
		http.SetCookie(v.g.Writer, v.console.Gate.StepCookie(""))
		return v.enter(cookie, form.Next)
	}
	if errors.Is(err, settings.ErrNotFound) { // it took too long
		return v.Go("/sign-in?next=" + template.URLQueryEscaper(form.Next))
	}
	if form.Fault = v.shut(err); form.Fault == "" {
		return err
	}
	return v.ShowFault("sign-in-code.html", form)
}
