package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/require"

	"ringback/channels/oidc"
	"ringback/settings"
	"ringback/settings/staff"
)

// login is an identity provider with people, and a browser at our pages.
type login struct {
	*browser
	there *mockoidc.MockOIDC
}

func newLogin(t *testing.T, roles string, only bool) login {
	t.Helper()
	there, err := mockoidc.Run()
	require.NoError(t, err)
	t.Cleanup(func() { _ = there.Shutdown() })
	mapped, err := staff.ParseRoles(roles)
	require.NoError(t, err)
	b := newBrowser(t, staff.Identity{
		Provider: oidc.New(oidc.Config{Issuer: there.Issuer(), ClientID: there.ClientID, ClientSecret: there.ClientSecret, Claim: mapped.Claim}),
		Roles:    mapped, Only: only,
	})
	return login{b, there}
}

func person(name string, groups ...string) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: "id-of-" + name, Email: name + "@example.com", EmailVerified: true, Groups: groups}
}

// there sends the browser to the provider, which lets the person in, and is where
// it is sent back to.
func (l login) away(from string, who mockoidc.User) string {
	l.t.Helper()
	l.there.QueueUser(who)
	gone := l.get(from)
	require.Equal(l.t, http.StatusSeeOther, gone.status, gone.text)
	return strings.TrimPrefix(l.follow(gone.header.Get("Location")), l.base)
}

func (l login) follow(address string) string {
	r, err := http.NewRequestWithContext(l.t.Context(), http.MethodGet, address, nil)
	require.NoError(l.t, err)
	answer, err := l.Do(r)
	require.NoError(l.t, err)
	_ = answer.Body.Close()
	return answer.Header.Get("Location")
}

func (l login) signIn(who *mockoidc.MockUser) page {
	return l.get(l.away("/sign-in/provider?next=%2Faccount", who))
}

// later has the provider be asked again about every session.
func (l login) later(ago string) {
	_, err := l.db.Exec(`update sessions set asked_at = now() - $1::interval, vouched_at = now() - $1::interval`, ago)
	require.NoError(l.t, err)
}

const roles = "groups: bosses=admin; leads=manager; crew=advisor"

func TestSomebodyNewComesByTheProvider(t *testing.T) {
	l := newLogin(t, roles, false)
	l.begin()
	l.Client = anew(t)
	require.Contains(t, l.get("/sign-in?next=%2Fteams").text, `href="/sign-in/provider?next=%2fteams"`)
	for range 2 { // the second time she is who she was
		l.signIn(person("ann", "crew", "leads", "others")).leadsTo(t, "/account")
		require.Contains(t, l.get("/account").text, "ann@example.com")
	}
	ann, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "ann@example.com")
	require.NoError(t, err)
	require.Equal(t, settings.RoleManager, ann.Role, "the mightiest that a group gives")
	require.Equal(t, settings.SignInReady, ann.SignIn)
	require.NotContains(t, l.get("/account").text, `action="/account/password"`, "she has none")

	l.signIn(person("ann", "crew")).leadsTo(t, "/account")
	ann, err = settings.FindMember(t.Context(), l.db, l.gate.Company, nil, ann.ID)
	require.NoError(t, err)
	require.Equal(t, settings.RoleAdvisor, ann.Role, "as the provider says by now")

	renamed := person("ann", "crew")
	renamed.Email = "ann.new@example.com"
	l.signIn(renamed).leadsTo(t, "/account")
	require.Contains(t, l.get("/account").text, "ann@example.com", "the subject names her, an address does not")
}

func TestWhoIsNotLetInByTheProvider(t *testing.T) {
	l := newLogin(t, roles, false)
	l.begin() // as Maria, with a password
	left := settings.NewMember()
	left.Name, left.Email, left.Role, left.Active = "Leo", "leo@example.com", settings.RoleAdvisor, false
	_, err := settings.CreateMember(t.Context(), l.db, l.gate.Company, "test", left)
	require.NoError(t, err)
	l.signIn(person("eve", "bosses")).leadsTo(t, "/account")
	eve, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "eve@example.com")
	require.NoError(t, err)
	_, err = settings.ChangeMember(t.Context(), l.db, l.gate.Company, "test", eve.ID, func(m *settings.Member) error { m.Active = false; return nil })
	require.NoError(t, err)

	unverified := person("una", "crew")
	unverified.EmailVerified = false
	other := person("eve", "bosses")
	other.Subject = "somebody who got her address"
	for said, who := range map[string]*mockoidc.MockUser{
		"gives you no role here":       person("nora", "strangers"),
		"does not say that your email": unverified,
		"already signs in here":        person("maria", "bosses"),
		"no longer active":             person("leo", "crew"),
		"You are no longer active":     person("eve", "bosses"),
		"no longer active here":        other,
	} {
		l.Client = anew(t)
		refused := l.signIn(who)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, said)
		require.Contains(t, refused.text, said)
		l.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	}
}

func TestNobodyEndsTheWayOfAnother(t *testing.T) {
	l := newLogin(t, roles, false)
	l.begin()
	l.Client = anew(t)
	back := l.away("/sign-in/provider", person("ann", "crew"))
	victim := &browser{Client: anew(t), t: t, base: l.base}
	require.Equal(t, http.StatusUnprocessableEntity, victim.get(back).status, "a browser that did not go there")
	u, err := url.Parse(back)
	require.NoError(t, err)
	q := u.Query()
	q.Set("state", "x"+q.Get("state"))
	require.Equal(t, http.StatusUnprocessableEntity, l.get(u.Path+"?"+q.Encode()).status)
	require.Equal(t, http.StatusUnprocessableEntity, l.get(back).status, "the way has ended by that")

	first := l.away("/sign-in/provider", person("ann", "crew"))
	code := first[strings.Index(first, "code="):]
	second := l.away("/sign-in/provider", person("ben", "crew"))
	u, err = url.Parse(second)
	require.NoError(t, err)
	q, _ = url.ParseQuery(code)
	q.Set("state", u.Query().Get("state"))
	require.Equal(t, http.StatusUnprocessableEntity, l.get(u.Path+"?"+q.Encode()).status, "another's code, without its verifier")
	require.Equal(t, http.StatusUnprocessableEntity, l.get("/sign-in/provider/callback?error=access_denied").status)
	for range 20 {
		l.get("/sign-in/provider/callback?code=x&state=")
	}
	require.Contains(t, l.get("/sign-in/provider/callback?code=x").text, "Try again in")
}

func TestWhomTheProviderTakesOutIsOutWithinAMinute(t *testing.T) {
	l := newLogin(t, roles, false)
	l.begin()
	l.Client = anew(t)
	ann := person("ann", "leads")
	l.signIn(ann).leadsTo(t, "/account")
	l.later("44 seconds")
	ann.Groups = []string{"bosses"}
	l.get("/account")
	p, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "ann@example.com")
	require.NoError(t, err)
	require.Equal(t, settings.RoleManager, p.Role, "asked a moment ago")
	l.later("46 seconds")
	l.get("/account")
	p, err = settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "ann@example.com")
	require.NoError(t, err)
	require.Equal(t, settings.RoleAdmin, p.Role, "a new role is in force within a minute as well")
	ann.Groups = nil
	l.later("46 seconds")
	l.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")

	ann.Groups = []string{"crew"}
	l.signIn(ann).leadsTo(t, "/account")
	clear(l.there.SessionStore.Store) // everybody is taken out
	require.Equal(t, http.StatusOK, l.get("/account").status, "asked a moment ago")
	l.later("46 seconds")
	l.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")

	l.signIn(ann).leadsTo(t, "/account")
	require.NoError(t, l.there.Shutdown())
	l.later("50 minutes")
	require.Equal(t, http.StatusOK, l.get("/account").status, "a provider that does not answer signs nobody out")
	l.later("61 minutes")
	l.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	require.Contains(t, l.get("/sign-in/provider").text+l.get("/sign-in").text, "Sign in with")
}

func TestTheProviderTellsThatSomebodyIsSignedOut(t *testing.T) {
	l := newLogin(t, roles, false)
	l.begin()
	l.Client = anew(t)
	l.signIn(person("ann", "crew")).leadsTo(t, "/account")
	now := l.there.Now()
	token := func(change func(jwt.MapClaims)) string {
		c := jwt.MapClaims{
			"iss": l.there.Issuer(), "aud": l.there.ClientID, "sub": "id-of-ann", "jti": "1", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
		}
		change(c)
		signed, err := l.there.Keypair.SignJWT(c)
		require.NoError(t, err)
		return signed
	}
	for why, wrong := range map[string]string{
		"nothing":         "",
		"an ID token":     token(func(c jwt.MapClaims) { c["nonce"] = "n"; delete(c, "events") }),
		"another's":       token(func(c jwt.MapClaims) { c["aud"] = "another client" }),
		"another issuer":  token(func(c jwt.MapClaims) { c["iss"] = "https://evil.example" }),
		"an old one":      token(func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Minute).Unix() }),
		"nobody's":        token(func(c jwt.MapClaims) { delete(c, "sub") }),
		"no signature":    strings.Join(strings.Split(token(func(jwt.MapClaims) {}), ".")[:2], ".") + ".",
		"another session": token(func(c jwt.MapClaims) { c["sub"] = "id-of-ben" }),
	} {
		status := l.post("/sign-in/provider/logout", "logout_token", wrong).status
		if why != "another session" {
			require.Equal(t, http.StatusBadRequest, status, why)
		}
		require.Equal(t, http.StatusOK, l.get("/account").status, why)
	}
	for range 2 { // it may come twice
		require.Equal(t, http.StatusOK, l.post("/sign-in/provider/logout", "logout_token", token(func(jwt.MapClaims) {})).status)
	}
	l.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
}
