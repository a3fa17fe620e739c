package session

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/staff"
)

func at(url string) Gate { return Gate{staff.Gate{PublicURL: func() string { return url }}} }

func TestTheCookiesFlags(t *testing.T) {
	for _, one := range []struct {
		url, name      string
		secure, unsafe bool
	}{
		{"https://texts.example.com", "__Host-ringback_session", true, false},
		{"https://localhost:8443", "__Host-ringback_session", true, false},
		{"http://localhost:8080", "ringback_session", false, false},
		{"http://127.0.0.1:8080", "ringback_session", false, false},
		{"http://[::1]:8080", "ringback_session", false, false},
		{"http://demo.localhost", "ringback_session", false, false},
		{"http://texts.example.com", "ringback_session", true, true},
		{"http://192.168.1.5:8080", "ringback_session", true, true},
		{"http://localhost.example.com", "ringback_session", true, true},
		{"", "ringback_session", false, false},
	} {
		g := at(one.url)
		c := g.Cookie("token")
		require.Equal(t, &http.Cookie{
			Name: one.name, Value: "token", Path: "/", MaxAge: 14 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: one.secure,
		}, c, one.url)
		require.Equal(t, one.unsafe, g.Unsafe(), one.url)
		require.NoError(t, c.Valid())
		gone := g.Cookie("")
		require.Negative(t, gone.MaxAge)
		require.Equal(t, []any{c.Name, c.Path, c.Secure}, []any{gone.Name, gone.Path, gone.Secure}, "else browsers keep it")
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: cookieName, Value: "planted over http"})
		if one.name != cookieName {
			require.Empty(t, g.token(r), "a page without encryption can plant that one")
		}
		r.AddCookie(c)
		require.NotEmpty(t, g.token(r))
	}
	require.Equal(t, "ringback_session", Gate{}.CookieName())
}

// TestWhatKeepsSomebodyHalfWayIsGuardedAlike: each of these lets in whoever has it and one
// thing more, for a moment.
func TestWhatKeepsSomebodyHalfWayIsGuardedAlike(t *testing.T) {
	for url, prefix := range map[string]string{"https://texts.example.com": "__Host-", "http://texts.example.com": "", "http://localhost:8080": ""} {
		g := at(url)
		for name, c := range map[string]*http.Cookie{"ringback_step": g.StepCookie("token"), "ringback_passkey": g.PasskeyCookie("token"), "ringback_provider": g.tripCookie("token")} {
			require.Equal(t, []any{prefix + name, "/", "", true, http.SameSiteLaxMode, g.Secure()}, []any{c.Name, c.Path, c.Domain, c.HttpOnly, c.SameSite, c.Secure}, url)
			require.Greater(t, c.MaxAge, 0)
			require.LessOrEqual(t, c.MaxAge, 600, "for a moment")
		}
		for _, gone := range []*http.Cookie{g.StepCookie(""), g.PasskeyCookie(""), g.tripCookie("")} {
			require.Negative(t, gone.MaxAge)
		}
	}
}

func TestWhichSitesMaySend(t *testing.T) {
	for _, one := range []struct {
		origin, fetch string
		fine          bool
	}{
		{"", "", true},                                    // no browser
		{"https://texts.example.com", "", true},           // of an old browser
		{"http://inside:8080", "", true},                  // as the request's own host says
		{"https://texts.example.com", "cross-site", true}, // behind a proxy that renames us
		{"https://evil.example", "cross-site", false},
		{"https://evil.example", "", false},
		{"https://texts.example.com.evil.example", "", false},
		{"http://texts.example.com", "", false},
		{"null", "", false},
		{"https://evil.example", "same-site", false},
		{"https://evil.example", "same-origin", true}, // only browsers write that header
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://inside:8080/api/v1/session", nil)
		for name, value := range map[string]string{"Origin": one.origin, "Sec-Fetch-Site": one.fetch} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		require.Equal(t, one.fine, at("https://texts.example.com").CrossOrigin(r) == nil, "%v", one)
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	for peer, want := range map[string]string{
		"203.0.113.7:1234":         "203.0.113.7",
		"127.0.0.1:1234":           "127.0.0.1",
		"[::1]:1234":               "::1",
		"[2001:db8:1:2:3::4]:1234": "2001:db8:1:2::",
		"[::ffff:192.0.2.7]:4711":  "192.0.2.7",
		"192.0.2.7":                "192.0.2.7",
		"unix":                     "unix",
		"":                         "",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", "192.0.2.1") // whom to believe is decided before
		require.Equal(t, want, Address(r), peer)
	}
}

func TestAKeyInAHeader(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer rb_1": "rb_1", "bearer  rb_1": "rb_1", "Bearer": "", "Bearer ": "", "Basic rb_1": "none", "rb_1": "none", "": "none",
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Authorization", header)
		key, there := Bearer(r)
		require.Equal(t, want != "none", there && ByKey(r), header)
		if there {
			require.Equal(t, want, key, header)
		}
	}
}
