package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"ringback/settings"
	"ringback/settings/staff"
	"ringback/webhooks/web/session"
)

// In these fields the password, a code or a passkey comes along with a form that was sent before, and the
// page that it was sent from: what somebody was doing goes on with it.
const (
	proofPassword = "proof_password"
	proofCode     = "proof_code"
	proofPasskey  = "proof_passkey"
	proofFrom     = "proof_from"
)

// proofPage asks somebody once more who they are.
type proofPage struct {
	Path     string // to which the form goes
	Sent     repeated
	Next     string // the page to come back to from elsewhere
	Provider string // where they may show who they are as well; empty: not there
	Ways     staff.Ways
	Fault    string
}

// prove takes the password, the code or the passkey that comes along with a form, and says whether it has
// asked again instead.
func (v *View) prove() (asked bool, err error) {
	if v.Who.StaffID == "" || !v.sentForm() || v.Form(proofPassword)+v.Form(proofCode)+v.Form(proofPasskey) == "" {
		return false, nil
	}
	var who staff.Principal
	if v.Form(proofPasskey) != "" {
		who, err = v.proveByPasskey()
	} else {
		who, err = v.console.Gate.Prove(v.g.Request, v.Who, v.Form(proofPassword), v.Form(proofCode))
	}
	if err == nil {
		v.Who = who
		return false, nil
	}
	said := v.shut(err)
	var wrong settings.Invalid
	if errors.As(err, &wrong) {
		said = v.T("fault.old_password")
		if wrong[0].Field == "code" {
			said = v.T("sign_in.wrong_code")
		}
	}
	if said == "" {
		return false, err
	}
	return true, v.askProof(said)
}

// sentForm reports whether a form without files was sent: those are read by whoever
// takes them.
func (v *View) sentForm() bool {
	return v.g.Request.Method == http.MethodPost && v.g.ContentType() == "application/x-www-form-urlencoded"
}

// askProof shows the page that asks, with what was to be done.
func (v *View) askProof(said string) error {
	page := proofPage{Path: v.Path, Next: v.camefrom(), Fault: said}
	if v.Partial() { // a part of a page cannot hold it
		return v.Go("/account/prove?next=" + url.QueryEscape(page.Next))
	}
	switch {
	case v.sentForm():
		page.Sent = v.repeat()
	case v.g.Request.Method == http.MethodPost:
		page.Path = "/account/prove"
	default:
		page.Path, page.Next = "/account/prove", v.Here()
	}
	return v.showProof(page)
}

// camefrom is our own page from which a form was sent.
func (v *View) camefrom() string {
	if v.sentForm() && v.Form(proofFrom) != "" {
		return ownPath(v.Form(proofFrom))
	}
	from, err := url.Parse(v.g.GetHeader("Referer"))
	if err != nil || !strings.HasPrefix(from.Path, "/") {
		return "/account"
	}
	return ownPath(from.RequestURI())
}

func (v *View) showProof(page proofPage) error {
	var err error
	if page.Ways, err = v.console.Gate.Ways(v.ctx(), v.Who); err != nil {
		return err
	}
	if page.Ways.Provider {
		page.Provider = v.console.Gate.ProviderHost()
	}
	if page.Sent.Fields == nil {
		page.Sent.Fields = url.Values{}
	}
	page.Sent.Fields.Set(proofFrom, page.Next)
	if page.Path == "/account/prove" {
		page.Sent.Fields.Set("next", page.Next)
	}
	return v.show(http.StatusForbidden, "prove.html", page)
}

// provePage asks, for what begins at an address.
func (v *View) provePage() error {
	next := ownPath(v.Query("next"))
	if v.Who.Proven() == nil {
		return v.Go(next)
	}
	return v.showProof(proofPage{Path: "/account/prove", Next: next})
}

// proveHere goes on when View.prove has seen the password; without one it asks.
func (v *View) proveHere() error {
	next := ownPath(v.Form("next"))
	if v.Who.Proven() == nil {
		return v.Go(next)
	}
	return v.showProof(proofPage{Path: "/account/prove", Next: next})
}

// proveThere sends the browser to the provider, which asks anew.
func (v *View) proveThere() error { return v.depart(session.ToProve, ownPath(v.Query("next"))) }
