// Package session is how somebody at our doors shows who they are: by the cookie
// of a session or by an API key in a header.
//
// The hard decision: what a cookie is called and how it is guarded follows from
// the public address alone. Over https no other host can plant one, and without
// encryption there is none but on a developer's own machine.
package session

import (
	"context"
	"net/http"
	"strings"

	"ringback/settings/staff"
)

// Gate is the gate of the staff for those who come by HTTP.
type Gate struct{ staff.Gate }

// Principal is who makes the request, by its API key or, without one, by its
// session's cookie; settings.ErrNotFound when neither is in force.
func (g Gate) Principal(r *http.Request) (staff.Principal, error) {
	if key, byKey := Bearer(r); byKey {
		return g.OfKey(r.Context(), key)
	}
	return g.OfSession(r.Context(), g.token(r))
}

// ByKey reports whether the request brings an API key.
func ByKey(r *http.Request) bool {
	_, there := Bearer(r)
	return there
}

// Bearer is the API key that the request brings. Other schemes are not meant
// for us: a proxy may ask browsers for a password of its own.
func Bearer(r *http.Request) (key string, there bool) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(key), strings.EqualFold(scheme, "Bearer")
}

// visit is what the request says of who makes it.
func (g Gate) visit(r *http.Request) staff.Visit {
	return staff.Visit{Session: g.token(r), From: Address(r), Browser: r.UserAgent()}
}

// SignIn is staff.Gate.SignIn, with the cookie that keeps the browser signed in.
func (g Gate) SignIn(r *http.Request, email, password, code string) (staff.Principal, *http.Cookie, error) {
	p, token, err := g.Gate.SignIn(r.Context(), g.visit(r), email, password, code)
	return p, g.Cookie(token), err
}

// stepCookie keeps who owes a code until they have brought it.
const stepCookie = "ringback_step"

// StepCookie is the cookie of somebody who came half way; with an empty token, the
// one that ends that.
func (g Gate) StepCookie(token string) *http.Cookie {
	return g.brief(stepCookie, token, staff.HalfWayFor)
}

// HalfWay reports whether the browser brings such a cookie.
func (g Gate) HalfWay(r *http.Request) bool { return g.step(r) != "" }

func (g Gate) step(r *http.Request) string {
	c, err := r.Cookie(g.StepCookie("").Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// FinishSignIn is staff.Gate.FinishSignIn of who came half way, with the session's
// cookie.
func (g Gate) FinishSignIn(r *http.Request, code string) (*http.Cookie, error) {
	_, token, err := g.Gate.FinishSignIn(r.Context(), g.visit(r), g.step(r), code)
	return g.Cookie(token), err
}

// Forgot is staff.Gate.Forgot.
func (g Gate) Forgot(r *http.Request, email string) error {
	return g.Gate.Forgot(r.Context(), g.visit(r), strings.TrimSpace(email))
}

// ConfirmCodes is staff.Gate.ConfirmCodes.
func (g Gate) ConfirmCodes(r *http.Request, p staff.Principal, code string) ([]string, error) {
	return g.Gate.ConfirmCodes(r.Context(), g.visit(r), p, code)
}

// SignOut is staff.Gate.SignOut, with the cookie that says so to the browser.
func (g Gate) SignOut(ctx context.Context, p staff.Principal, everywhere bool) (*http.Cookie, error) {
	return g.Cookie(""), g.Gate.SignOut(ctx, p, everywhere)
}

// Prove is staff.Gate.Prove.
func (g Gate) Prove(r *http.Request, p staff.Principal, password, code string) (staff.Principal, error) {
	return g.Gate.Prove(r.Context(), g.visit(r), p, password, code)
}

// ChangePassword is staff.Gate.ChangePassword, with the cookie of the new session.
func (g Gate) ChangePassword(r *http.Request, p staff.Principal, old, fresh string) (*http.Cookie, error) {
	token, err := g.Gate.ChangePassword(r.Context(), g.visit(r), p, old, fresh)
	return g.Cookie(token), err
}

// UseLink is staff.Gate.UseLink, with the cookie that keeps the browser signed in.
func (g Gate) UseLink(r *http.Request, token string, said staff.First) (*http.Cookie, error) {
	session, err := g.Gate.UseLink(r.Context(), g.visit(r), token, said)
	return g.Cookie(session), err
}
