package session

import (
	"net/http"

	"ringback/settings/staff"
)

// passkeyCookie keeps what a browser was asked until it answers; it is sealed.
const passkeyCookie = "ringback_passkey"

// PasskeyCookie is the cookie of a browser that was asked for a passkey; with an
// empty token, the one that ends that.
func (g Gate) PasskeyCookie(token string) *http.Cookie {
	return g.brief(passkeyCookie, token, staff.PasskeyFor)
}

func (g Gate) asked(r *http.Request) string {
	c, err := r.Cookie(g.PasskeyCookie("").Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// AddPasskey is staff.Gate.AddPasskey.
func (g Gate) AddPasskey(r *http.Request, p staff.Principal, made []byte, name string) ([]string, error) {
	return g.Gate.AddPasskey(r.Context(), g.visit(r), p, g.asked(r), made, name)
}

// SignInByPasskey is staff.Gate.SignInByPasskey, with the session's cookie.
func (g Gate) SignInByPasskey(r *http.Request, shown []byte) (*http.Cookie, error) {
	_, token, err := g.Gate.SignInByPasskey(r.Context(), g.visit(r), g.asked(r), shown)
	return g.Cookie(token), err
}

// ProveByPasskey is staff.Gate.ProveByPasskey.
func (g Gate) ProveByPasskey(r *http.Request, p staff.Principal, shown []byte) (staff.Principal, error) {
	return g.Gate.ProveByPasskey(r.Context(), p, g.asked(r), shown)
}
