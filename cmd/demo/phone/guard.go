package phone

import (
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// policy lets nothing run and nothing load but this page's own files: what
// customers write stands on it. The website stands in a frame.
func (p *Phone) policy() string {
	site, err := url.Parse(p.Site)
	if err != nil || site.Host == "" {
		return strict
	}
	return strict + "; frame-src " + site.Scheme + "://" + site.Host
}

const strict = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm is how long a form may be, in bytes: four for each character of the
// longest text, three each when they are escaped, and some for the rest.
const maxForm = 32 << 10

func (p *Phone) headers(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", p.policy())
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	room := int64(maxForm)
	if withFiles(g.Request) {
		room += maxFiles
	}
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, room)
	g.Next()
}

// withFiles reports whether a form may bring some.
func withFiles(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

var crossOrigin = http.NewCrossOriginProtection()

// sameOrigin keeps other web sites from pressing buttons through the browser
// of whoever has the page open.
func sameOrigin(g *gin.Context) {
	if err := crossOrigin.Check(g.Request); err != nil {
		g.String(http.StatusForbidden, "This page takes orders only from itself: %v.\n", err)
		g.Abort()
	}
}

const cookie = "ringback_phone"

// guard asks for the token, once by the address that was printed and from then
// on by a cookie, so that it stands in no address that is passed on.
func (p *Phone) guard(g *gin.Context) {
	if p.Token == "" {
		if !thisMachine(g.Request.Host) || forwarded(g.Request.Header) {
			g.String(http.StatusForbidden, "Without a token this page answers only to localhost.\n")
			g.Abort()
		}
		return
	}
	if p.holds(g.Query("token")) {
		// Lax, not Strict: a link in a chat has to open the page as well.
		http.SetCookie(g.Writer, &http.Cookie{Name: cookie, Value: p.Token, Path: "/phone", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		query := g.Request.URL.Query()
		query.Del("token")
		g.Redirect(http.StatusSeeOther, g.Request.URL.Path+"?"+query.Encode())
		g.Abort()
		return
	}
	if held, err := g.Cookie(cookie); err != nil || !p.holds(held) {
		g.String(http.StatusUnauthorized, "Open the phone page by the address that was printed when Ringback started: it ends in ?token=…\n")
		g.Abort()
	}
}

// thisMachine reports whether a request was meant for this machine under its
// own name: a site whose name was made to lead here brings another.
func thisMachine(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	address := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || address.IsLoopback()
}

// forwarded reports whether a tunnel or a proxy brought the request: such a one
// may call this machine localhost, too.
func forwarded(h http.Header) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if h.Get(name) != "" {
			return true
		}
	}
	return false
}

func (p *Phone) holds(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(p.Token)) == 1
}
