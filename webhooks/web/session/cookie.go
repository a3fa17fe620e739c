package session

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"ringback/settings/staff"
)

// cookieName is the session's cookie. Over https browsers hold the prefix to its
// word: no other host, and no page served without encryption, can plant one.
const (
	cookieName   = "ringback_session"
	securePrefix = "__Host-"
)

// publicURL is where browsers reach us, or an empty address.
func (g Gate) publicURL() *url.URL {
	if u, err := url.Parse(g.Site()); err == nil {
		return u
	}
	return &url.URL{}
}

// CookieName is how the session's cookie is called here.
func (g Gate) CookieName() string {
	if g.publicURL().Scheme == "https" {
		return securePrefix + cookieName
	}
	return cookieName
}

// Cookie is the one that keeps a browser signed in; with an empty token, the
// one that ends that.
func (g Gate) Cookie(token string) *http.Cookie {
	c := &http.Cookie{
		Name: g.CookieName(), Value: token, Path: "/", MaxAge: int(staff.Longest.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: g.Secure(),
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// Secure reports whether cookies may travel encrypted alone: everywhere but on a
// developer's own machine. A proxy that ends the encryption changes nothing.
func (g Gate) Secure() bool { return !g.plain() }

// plain reports whether the address is a developer's own machine without
// encryption, the one place where a cookie may travel in the clear.
func (g Gate) plain() bool {
	u := g.publicURL()
	host := u.Hostname()
	ip := net.ParseIP(host)
	return u.Scheme != "https" && (host == "" || host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback())
}

// Unsafe reports whether browsers refuse the cookie: the public address is not
// encrypted, so nobody can sign in there.
func (g Gate) Unsafe() bool {
	return g.publicURL().Scheme != "https" && !g.plain()
}

// CrossOrigin is an error when a page of another site sent a request that may
// change something. It stands before whatever takes a session's word.
func (g Gate) CrossOrigin(r *http.Request) error {
	guard := http.NewCrossOriginProtection()
	if u := g.publicURL(); u.Host != "" {
		if err := guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return err
		}
	}
	return guard.Check(r)
}

// token is what the request's cookie holds, or empty.
func (g Gate) token(r *http.Request) string {
	c, err := r.Cookie(g.CookieName())
	if err != nil {
		return ""
	}
	return c.Value
}
