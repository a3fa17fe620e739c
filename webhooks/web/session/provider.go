package session

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"ringback/channels/oidc"
	"ringback/settings/staff"
)

// providerCookie keeps a browser's way to the identity provider until it is back.
// It needs no seal: what is in it is that browser's alone, and over https nobody
// else can put one there.
const providerCookie = "ringback_provider"

// What a way to the provider is for.
const (
	ToSignIn  = "sign_in"
	ToConnect = "connect"
	ToProve   = "prove"
)

// Trip is a browser's way to the identity provider and back.
type Trip struct {
	oidc.Flow
	Purpose string `json:"purpose"`
	Next    string `json:"next"` // our own page that it goes on to
}

func (g Gate) tripCookie(value string) *http.Cookie {
	return g.brief(providerCookie, value, 10*time.Minute)
}

// brief is a cookie like the session's that lasts a moment.
func (g Gate) brief(name, value string, lasts time.Duration) *http.Cookie {
	c := g.Cookie(value)
	c.Name = strings.Replace(c.Name, cookieName, name, 1)
	if value != "" {
		c.MaxAge = int(lasts.Seconds())
	}
	return c
}

// ProviderHost is what people know the identity provider by; empty: there is none.
func (g Gate) ProviderHost() string {
	if g.Identity.Provider == nil {
		return ""
	}
	return g.Identity.Provider.Host()
}

// Depart is staff.Gate.BeginProvider, with the cookie that keeps the trip.
func (g Gate) Depart(ctx context.Context, purpose, next string) (url string, cookie *http.Cookie, err error) {
	flow, url, err := g.BeginProvider(ctx, purpose == ToProve)
	if err != nil {
		return "", nil, err
	}
	kept, err := json.Marshal(Trip{flow, purpose, next})
	return url, g.tripCookie(base64.RawURLEncoding.EncodeToString(kept)), err
}

// Back is the trip of a browser that has come back, with the cookie that ends it:
// none is made twice. One that has none comes from nowhere, which no State fits.
func (g Gate) Back(r *http.Request) (Trip, *http.Cookie) {
	var t Trip
	end := g.tripCookie("")
	if c, err := r.Cookie(end.Name); err == nil {
		if kept, err := base64.RawURLEncoding.DecodeString(c.Value); err == nil {
			_ = json.Unmarshal(kept, &t) // what cannot be read is none
		}
	}
	return t, end
}

// EnterByProvider is staff.Gate.SignInByProvider, with the session's cookie.
func (g Gate) EnterByProvider(r *http.Request, t Trip) (*http.Cookie, error) {
	q := r.URL.Query()
	_, token, err := g.SignInByProvider(r.Context(), g.visit(r), t.Flow, q.Get("state"), q.Get("code"))
	return g.Cookie(token), err
}

// Connect is staff.Gate.ConnectProvider.
func (g Gate) Connect(r *http.Request, p staff.Principal, t Trip) error {
	q := r.URL.Query()
	return g.ConnectProvider(r.Context(), g.visit(r), p, t.Flow, q.Get("state"), q.Get("code"))
}

// ProveThere is staff.Gate.ProveByProvider.
func (g Gate) ProveThere(r *http.Request, p staff.Principal, t Trip) error {
	q := r.URL.Query()
	return g.ProveByProvider(r.Context(), g.visit(r), p, t.Flow, q.Get("state"), q.Get("code"))
}

// SignedOut is staff.Gate.SignedOutThere of a form that the provider sends.
func (g Gate) SignedOut(r *http.Request) error {
	return g.SignedOutThere(r.Context(), g.visit(r), r.PostFormValue("logout_token"))
}
