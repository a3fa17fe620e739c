package console

import (
	"errors"
	"net/http"

	"ringback/settings/staff"
	"ringback/webhooks/web/session"
)

// toProvider sends the browser to the identity provider, to sign in.
func (v *View) toProvider() error { return v.depart(session.ToSignIn, ownPath(v.Query("next"))) }

// connectProvider sends who is signed in there, to connect the two.
func (v *View) connectProvider() error {
	if err := v.Who.Proven(); err != nil {
		return err
	}
	return v.depart(session.ToConnect, "/account")
}

func (v *View) depart(purpose, next string) error {
	url, cookie, err := v.console.Gate.Depart(v.ctx(), purpose, next)
	if err != nil {
		return v.providerFault(purpose, next, err)
	}
	http.SetCookie(v.g.Writer, cookie)
	v.g.Redirect(http.StatusSeeOther, url)
	return nil
}

// fromProvider takes the browser that comes back from there.
func (v *View) fromProvider() error {
	trip, end := v.console.Gate.Back(v.g.Request)
	http.SetCookie(v.g.Writer, end)
	next := ownPath(trip.Next)
	if trip.Purpose != session.ToSignIn && trip.Purpose != "" && v.Who.StaffID == "" {
		return errSignedOut
	}
	if trip.Purpose == session.ToProve {
		if err := v.console.Gate.ProveThere(v.g.Request, v.Who, trip); err != nil {
			return v.providerFault(trip.Purpose, next, err)
		}
		return v.Go(next)
	}
	if trip.Purpose == session.ToConnect {
		if v.Who.Proven() != nil { // it took too long
			return v.Go("/account/provider")
		}
		if err := v.console.Gate.Connect(v.g.Request, v.Who, trip); err != nil {
			return v.providerFault(trip.Purpose, next, err)
		}
		return v.Go("/account?connected=1")
	}
	cookie, err := v.console.Gate.EnterByProvider(v.g.Request, trip)
	if err != nil {
		return v.providerFault(session.ToSignIn, next, err)
	}
	return v.enter(cookie, next)
}

// providerFault says why somebody is not let in, where they came from.
func (v *View) providerFault(purpose, next string, err error) error {
	said := v.shut(err)
	if said == "" {
		return err
	}
	if purpose == session.ToProve {
		return v.showProof(proofPage{Path: "/account/prove", Next: next, Fault: said})
	}
	if purpose == session.ToConnect {
		page, err := v.readAccount()
		if err != nil {
			return err
		}
		page.Fault = said
		return v.ShowFault("account.html", page)
	}
	form := v.signInForm(next)
	form.Fault = said
	return v.ShowFault("sign-in.html", form)
}

// signedOutThere takes the provider's word that somebody is signed out.
func (v *View) signedOutThere() error {
	v.g.Header("Cache-Control", "no-store")
	err := v.console.Gate.SignedOut(v.g.Request)
	var out *staff.Shut
	switch {
	case errors.As(err, &out) && out.Code == staff.ShutAway:
		v.g.JSON(http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable"})
	case errors.As(err, &out):
		v.g.JSON(http.StatusBadRequest, map[string]string{"error": "invalid_request"})
	case err != nil:
		return err
	default:
		v.g.Status(http.StatusOK)
	}
	return nil
}

// disconnectMember has one of the staff sign in by the provider no more.
func (v *View) disconnectMember() error {
	id, err := v.ID()
	if err != nil {
		return err
	}
	if err := v.console.Gate.Disconnect(v.ctx(), v.Who, id); err != nil {
		return err
	}
	return v.Go("/staff/" + id)
}
