package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"ringback/settings/staff"
)

func (r routes) session(api huma.API) {
	signIn := Op("sign-in", http.MethodPost, "/session", http.StatusOK,
		"Sign in: sets a cookie that is as good as a key with the scopes of the person's role")
	signIn.Errors = append(signIn.Errors, http.StatusTooManyRequests)
	signIn.Security = []map[string][]string{}
	huma.Register(api, signIn, r.signIn)
	huma.Register(api, Op("get-session", http.MethodGet, "/session", http.StatusOK, "Who you are and what you may"), r.getSession)
	huma.Register(api, Op("change-session", http.MethodPatch, "/session", http.StatusOK,
		"Choose the language in which the console speaks to you"), r.changeSession)
	huma.Register(api, Op("sign-out", http.MethodDelete, "/session", http.StatusNoContent, "Sign out"), r.signOut)
	proof := Op("prove-session", http.MethodPost, "/session/proof", http.StatusNoContent,
		"Show again who you are: whoever changes who may get in has done so within ten minutes, or gets 403 with the code sign_in_again")
	proof.Errors = append(proof.Errors, http.StatusTooManyRequests)
	huma.Register(api, proof, r.prove)
	password := Op("change-password", http.MethodPost, "/session/password", http.StatusNoContent,
		"Change your password; all your other sessions end")
	password.Errors = append(password.Errors, http.StatusTooManyRequests)
	huma.Register(api, password, r.changePassword)
	r.links(api)
}

// Visit is the request itself, for what reads its cookie and its address.
type Visit struct{ r *http.Request }

// Resolve is how huma hands it over.
func (v *Visit) Resolve(ctx huma.Context) []error {
	v.r = humagin.Unwrap(ctx).Request
	return nil
}

type signInBody struct {
	Visit
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1000"`
		Code     string `json:"code,omitempty" maxLength:"100" doc:"Of who has a second factor: six digits of the app, or a recovery code"`
	}
}

// signedIn is an answer that sets the session's cookie.
type signedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Cache     string      `header:"Cache-Control"`
	Body      staff.Profile
}

func (r routes) signIn(_ context.Context, in *signInBody) (*signedIn, error) {
	p, cookie, err := r.gate.SignIn(in.r, in.Body.Email, in.Body.Password, in.Body.Code)
	if err != nil {
		return nil, refused(err)
	}
	return &signedIn{*cookie, "no-store", p.Profile()}, nil
}

// refused says in our shape why somebody was not let in.
func refused(err error) error {
	var throttled *staff.Throttled
	var half *staff.HalfWay
	switch {
	case errors.As(err, &half):
		return withCode(http.StatusUnauthorized, "code_wanted", "The password is right, and you have a second factor: send a code with it.")
	case errors.Is(err, staff.ErrWrongCode):
		return withCode(http.StatusUnauthorized, "wrong_code", "The code is wrong or was used before.")
	case errors.Is(err, staff.ErrWrong):
		return NewProblem(http.StatusUnauthorized, "The email address or the password is wrong.")
	case errors.As(err, &throttled):
		return later(throttled.Wait.Seconds(), "Too many tries. Wait until Retry-After has passed, or have an admin make you a new link.")
	case errors.Is(err, staff.ErrBusy):
		return later(1, "Too many are signing in at this moment. Try again in a second.")
	}
	return err
}

// withCode is a problem that a client tells from others by its code.
func withCode(status int, code, detail string) *Problem {
	p := NewProblem(status, detail)
	p.Type, p.Errors = code, []Fault{{Code: code, Detail: detail}}
	return p
}

func later(seconds float64, detail string) error {
	wait := strconv.Itoa(int(math.Ceil(seconds)))
	return huma.ErrorWithHeaders(NewProblem(http.StatusTooManyRequests, detail), http.Header{"Retry-After": {wait}})
}

func (r routes) getSession(ctx context.Context, _ *struct{}) (*Answer[staff.Profile], error) {
	return Answered(caller(ctx).Profile(), nil)
}

type sessionBody struct {
	Body struct {
		Language string `json:"language" maxLength:"16" doc:"Empty: the browser's"`
	}
}

func (r routes) changeSession(ctx context.Context, in *sessionBody) (*Answer[staff.Profile], error) {
	p := caller(ctx)
	if err := r.gate.SetLanguage(ctx, p, in.Body.Language); err != nil {
		return nil, err
	}
	p.Language = in.Body.Language
	return Answered(p.Profile(), nil)
}

type signOutQuery struct {
	Everywhere bool `query:"everywhere" doc:"End your sessions on all machines"`
}

// withCookie is an answer without a body that sets a cookie.
type withCookie struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (r routes) signOut(ctx context.Context, in *signOutQuery) (*withCookie, error) {
	cookie, err := r.gate.SignOut(ctx, caller(ctx), in.Everywhere)
	if err != nil {
		return nil, err
	}
	return &withCookie{*cookie}, nil
}

type proofBody struct {
	Visit
	Body struct {
		Password string `json:"password,omitempty" maxLength:"1000"`
		Code     string `json:"code,omitempty" maxLength:"100" doc:"Of who has a second factor, in the place of the password"`
	}
}

func (r routes) prove(ctx context.Context, in *proofBody) (*Nothing, error) {
	_, err := r.gate.Prove(in.r, caller(ctx), in.Body.Password, in.Body.Code)
	return nil, refused(err)
}

type passwordBody struct {
	Visit
	Body struct {
		Old string `json:"old_password" maxLength:"1000"`
		New string `json:"password" doc:"10 to 200 characters, none of the commonest"`
	}
}

func (r routes) changePassword(ctx context.Context, in *passwordBody) (*withCookie, error) {
	cookie, err := r.gate.ChangePassword(in.r, caller(ctx), in.Body.Old, in.Body.New)
	if err != nil {
		return nil, refused(err)
	}
	return &withCookie{*cookie}, nil
}
