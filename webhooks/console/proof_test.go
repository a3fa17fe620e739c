package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// longAgo has everybody have signed in a while ago.
func (b *browser) longAgo() {
	b.t.Helper()
	_, err := b.db.Exec(`update sessions set created_at = now() - interval '11 minutes', proved_at = null`)
	require.NoError(b.t, err)
}

// again is the form of a page that asks once more who somebody is, as it would be
// sent with that password.
func (p page) again(t *testing.T, password string) url.Values {
	t.Helper()
	require.Equal(t, http.StatusForbidden, p.status, p.text)
	require.Contains(t, p.text, "Confirm that it is you")
	form := url.Values{"proof_password": {password}}
	for _, field := range strings.Split(p.text, `<input type="hidden" name="`)[1:] {
		name, rest, _ := strings.Cut(field, `" value="`)
		value, _, _ := strings.Cut(rest, `">`)
		if name != "username\" autocomplete=\"username" && !strings.HasPrefix(name, "back") {
			form.Add(name, strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(value))
		}
	}
	return form
}

func TestWhoChangesWhoGetsInShowsWhoTheyAre(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	ben := settings.NewMember()
	ben.Name, ben.Email, ben.Role = "Ben", "ben@example.com", settings.RoleAdvisor
	ben, err := settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", ben)
	require.NoError(t, err)
	member := "/staff/" + ben.ID
	with := func(change string, value string) url.Values {
		form := url.Values{"name": {"Ben"}, "email": {"ben@example.com"}, "role": {"advisor"}, "teams": {b.team}, "active": {"1"}}
		form.Set(change, value)
		return form
	}
	for what, c := range map[string]struct {
		path string
		form url.Values
	}{
		"somebody new":   {"/staff", url.Values{"name": {"Eve"}, "email": {"eve@example.com"}, "role": {"admin"}}},
		"e-mail address": {member, with("email", "other@example.com")},
		"role":           {member, with("role", "manager")},
		"password link":  {member + "/invite", url.Values{}},
		"key":            {"/keys", url.Values{"name": {"mine"}, "scopes": {"tickets:read", "tickets:write"}}},
		"disconnect":     {member + "/disconnect", url.Values{}},
	} {
		b.longAgo()
		asked := b.ask("POST", c.path, c.form, "Referer", b.base+"/staff?q=x")
		form := asked.again(t, "not the password")
		require.Equal(t, "/staff?q=x", form.Get("proof_from"), what)
		wrong := b.ask("POST", c.path, form)
		require.Contains(t, wrong.text, "That is not your password.", what)
		done := b.ask("POST", c.path, wrong.again(t, password))
		require.NotContains(t, done.text, "Confirm that it is you", "%s: it goes on", what)
		require.NotEqual(t, http.StatusForbidden, done.status, what)
		require.NotEqual(t, http.StatusForbidden, b.ask("POST", c.path, c.form).status, "%s: and not again", what)
	}
	ben, err = settings.FindMember(t.Context(), b.db, b.gate.Company, nil, ben.ID)
	require.NoError(t, err)
	var key []string
	require.NoError(t, b.db.Select(&key, `select unnest(scopes) from api_keys where name = 'mine'`))
	require.Contains(t, key, "tickets:write", "each of several values came along")

	b.longAgo()
	b.ask("POST", member, url.Values{"name": {"Benjamin"}, "email": {ben.Email}, "role": {ben.Role}, "teams": {b.team}, "active": {"1"}}).leadsTo(t, "/staff")
	b.ask("POST", "/sign-out", url.Values{}).leadsTo(t, "/sign-in")
}

func TestRestoringARoleAsksAsWell(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	ben := settings.NewMember()
	ben.Name, ben.Email, ben.Role = "Ben", "ben@example.com", settings.RoleAdmin
	ben, err := settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", ben)
	require.NoError(t, err)
	_, err = settings.ChangeMember(t.Context(), b.db, b.gate.Company, "test", ben.ID, func(m *settings.Member) error { m.Role = settings.RoleAdvisor; return nil })
	require.NoError(t, err)
	var change string
	require.NoError(t, b.db.Get(&change, `select id from history where what = 'staff' and before is not null`))
	b.longAgo()
	restore := "/history/" + change + "/restore"
	done := b.ask("POST", restore, b.post(restore).again(t, password))
	require.Equal(t, http.StatusSeeOther, done.status)
}

func TestTheAPIAsksToo(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	b.longAgo()
	send := func(path, body string) page {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+"/api/v1"+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		answer, err := b.Do(r)
		require.NoError(t, err)
		return read(t, answer)
	}
	const key = `{"scopes": ["tickets:read"]}`
	refused := send("/keys", key)
	require.Equal(t, http.StatusForbidden, refused.status)
	require.Contains(t, refused.text, `"code":"sign_in_again"`)
	require.Equal(t, http.StatusForbidden, send("/staff", `{"name": "Eve", "email": "eve@example.com", "role": "admin", "teams": []}`).status)
	require.Equal(t, http.StatusUnprocessableEntity, send("/session/proof", `{"password": "not mine"}`).status)
	require.Equal(t, http.StatusForbidden, send("/keys", key).status)
	require.Equal(t, http.StatusNoContent, send("/session/proof", `{"password": "`+password+`"}`).status)
	require.Equal(t, http.StatusCreated, send("/keys", key).status)
	for range 12 {
		send("/session/proof", `{"password": "not mine"}`)
	}
	require.Equal(t, http.StatusTooManyRequests, send("/session/proof", `{"password": "`+password+`"}`).status)
}

func TestOneProvesAtTheProvider(t *testing.T) {
	l := newLogin(t, roles, false)
	l.begin()
	l.get(l.away("/account/provider", person("maria", "bosses"))).leadsTo(t, "/account?connected=1")
	l.longAgo()
	require.Contains(t, l.get("/account/provider").text, "Confirm that it is you")
	require.Contains(t, l.post("/keys", "scopes", "tickets:read").text, `href="/account/prove/provider?next=`)
	silent := person("maria", "bosses") // who says nothing of when she was asked
	require.Contains(t, l.get(l.away("/account/prove/provider?next=/staff", silent)).text, "did not say who you are")
	require.Contains(t, l.get(l.away("/account/prove/provider?next=/staff", person("ben", "crew"))).text, "somebody else")
	for ago, ok := range map[time.Duration]bool{11 * time.Minute: false, time.Minute: true} {
		back := l.get(l.away("/account/prove/provider?next=/staff", askedAt{person("maria", "bosses"), l.there.Now().Add(-ago)}))
		if !ok {
			require.Contains(t, back.text, "did not say who you are")
			require.Contains(t, l.get("/account/provider").text, "Confirm that it is you")
			continue
		}
		back.leadsTo(t, "/staff")
		require.Equal(t, http.StatusOK, l.post("/keys", "scopes", "tickets:read").status)
		l.longAgo()
	}
}

// askedAt is a person whom the provider asked at that time who they are.
type askedAt struct {
	*mockoidc.MockUser
	at time.Time
}

func (a askedAt) Claims(scope []string, c *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	claims, err := a.MockUser.Claims(scope, c)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	all := jwt.MapClaims{}
	err = json.Unmarshal(raw, &all)
	all["auth_time"] = a.at.Unix()
	return all, err
}
