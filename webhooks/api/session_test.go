package api_test

import (
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

const password = "a horse, a battery"

// signInAs adds somebody to the staff, has them choose a password, and returns
// their id and their cookie. Their address is name@example.com.
func (w world) signInAs(role, name string, teams ...string) (id, cookie string) {
	if len(teams) == 0 && role != settings.RoleAdmin {
		teams = []string{w.teamID}
	}
	made := w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{
		"name": name, "email": strings.ToLower(name) + "@example.com", "role": role, "teams": append([]string{}, teams...),
	}))
	id = made["id"].(string)
	return id, w.choosePassword(id)
}

// invite makes a link for one of the staff and returns its path in the API.
func (w world) invite(id string) string {
	link := w.Must(http.StatusCreated, "POST", "/staff/"+id+"/invite", nil)
	return "/links/" + path.Base(link["url"].(string))
}

// choosePassword invites one of the staff and uses the link.
func (w world) choosePassword(id string) (cookie string) {
	a := w.With("").Do("POST", w.invite(id), object{"password": password})
	require.Equal(w.T, http.StatusNoContent, a.Status, a.Text)
	return cookieOf(a)
}

// signIn tries an address and a password.
func (w world) signIn(email, password string, headers ...string) apitest.Answer {
	return w.With("").Do("POST", "/session", object{"email": email, "password": password}, headers...)
}

// cookieOf is what a browser sends back after that answer.
func cookieOf(a apitest.Answer) string {
	pair, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return pair
}

// by sends a request with a session's cookie.
func (w world) by(cookie, method, path string, body any, headers ...string) apitest.Answer {
	return w.With("").Do(method, path, body, append(headers, "Cookie", cookie)...)
}

// alive reports whether the session is in force.
func (w world) alive(cookie string) bool {
	a := w.by(cookie, "GET", "/session", nil)
	require.Contains(w.T, []int{http.StatusOK, http.StatusUnauthorized}, a.Status, a.Text)
	return a.Status == http.StatusOK
}

func TestSomebodySignsInAndOut(t *testing.T) {
	w := newWorld(t)
	id, first := w.signInAs("manager", "Maria", w.teamID)
	a := w.signIn(" MARIA@example.com ", password)
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	cookie := cookieOf(a)
	require.Equal(t, a.JSON, w.by(cookie, "GET", "/session", nil).JSON)
	require.Equal(t, object{
		"id": id, "name": "Maria", "email": "maria@example.com", "role": "manager", "company": w.company.ID,
		"teams": []any{w.teamID}, "scopes": []any{"settings:write", "tickets:write", "deliveries:write", "staff:read"}, "language": "",
	}, a.JSON)
	require.Equal(t, http.StatusOK, w.by(cookie, "GET", w.team, nil).Status)

	out := w.by(cookie, "DELETE", "/session", nil)
	require.Equal(t, http.StatusNoContent, out.Status, out.Text)
	require.Contains(t, out.Header.Get("Set-Cookie"), "Max-Age=0")
	require.False(t, w.alive(cookie))
	require.True(t, w.alive(first), "on another machine they are still there")
}

func TestAKeyIsAskedWhoItIsAsWell(t *testing.T) {
	w := newWorld(t)
	me := w.key([]string{"tickets:read"}, w.teamID).Must(http.StatusOK, "GET", "/session", nil)
	require.Equal(t, []any{"tickets:read"}, me["scopes"])
	require.Equal(t, []any{w.teamID}, me["teams"])
	require.Nil(t, me["id"])
	require.Nil(t, w.Must(http.StatusOK, "GET", "/session", nil)["teams"], "all of them")
	w.Refused(http.StatusForbidden, "DELETE", "/session", nil)
	w.Refused(http.StatusForbidden, "POST", "/session/password", object{"old_password": "x", "password": "y"})
}

func TestSignOutEverywhere(t *testing.T) {
	w := newWorld(t)
	_, one := w.signInAs("admin", "Maria")
	_, bens := w.signInAs("advisor", "Ben")
	two := cookieOf(w.signIn("maria@example.com", password))
	require.Equal(t, http.StatusNoContent, w.by(two, "DELETE", "/session?everywhere=true", nil).Status)
	require.False(t, w.alive(one))
	require.False(t, w.alive(two))
	require.True(t, w.alive(bens))
}

func TestSessionsEnd(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("admin", "Maria")
	for _, one := range []struct {
		change string
		alive  bool
	}{
		{"seen_at = now() - interval '12 hours' + interval '1 minute'", true},
		{"seen_at = now() - interval '12 hours'", false},
		{"seen_at = now(), created_at = now() - interval '14 days' + interval '1 minute'", true},
		{"created_at = now() - interval '14 days'", false},
	} {
		_, err := w.db.Exec(`update sessions set ` + one.change)
		require.NoError(t, err)
		require.Equal(t, one.alive, w.alive(cookie), one.change)
	}
}

// A sign-in may come between somebody's leaving and the end of their sessions.
func TestWhoHasLeftHasNoSession(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("admin", "Maria")
	_, err := w.db.Exec(`update staff set active = false`)
	require.NoError(t, err)
	require.False(t, w.alive(cookie))
}

func TestASessionThatIsUsedLives(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("admin", "Maria")
	_, err := w.db.Exec(`update sessions set seen_at = now() - interval '11 hours'`)
	require.NoError(t, err)
	require.True(t, w.alive(cookie))
	var fresh bool
	require.NoError(t, w.db.Get(&fresh, `select bool_and(seen_at > now() - interval '1 minute') from sessions`))
	require.True(t, fresh)
}

func TestOldSessionsAreSweptAway(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Maria")
	_, err := w.db.Exec(`update sessions set seen_at = now() - interval '13 hours'`)
	require.NoError(t, err)
	_, err = w.db.Exec(`insert into sign_in_tries values ('old', 1, now() - interval '16 minutes')`)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, w.signIn("maria@example.com", password).Status)
	var sessions, tries int
	require.NoError(t, w.db.Get(&sessions, `select count(*) from sessions`))
	require.NoError(t, w.db.Get(&tries, `select count(*) from sign_in_tries where key = 'old'`))
	require.Equal(t, 1, sessions)
	require.Zero(t, tries)
}

// Whoever plants a cookie in somebody's browser before they sign in must not
// find themselves signed in afterwards.
func TestSessionFixation(t *testing.T) {
	w := newWorld(t)
	_, maria := w.signInAs("admin", "Maria")
	_, attackers := w.signInAs("advisor", "Mallory")
	for _, planted := range []string{"ringback_session=planted", "ringback_session=" + strings.Repeat("A", 43), attackers} {
		a := w.signIn("maria@example.com", password, "Cookie", planted)
		require.Equal(t, http.StatusOK, a.Status, a.Text)
		require.NotEqual(t, planted, cookieOf(a))
		require.False(t, w.alive(planted))
	}
	require.True(t, w.alive(maria))
}

func TestWhatIsNoSession(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("admin", "Maria")
	for _, bad := range []string{
		"ringback_session=", "ringback_session=x", "ringback_session=" + strings.Repeat("x", 5000), "ringback_session=%00",
		cookie + "x", cookie[:len(cookie)-1], strings.ToUpper(cookie), "__Host-" + cookie, "session=" + strings.Split(cookie, "=")[1],
	} {
		require.Equal(t, http.StatusUnauthorized, w.by(bad, "GET", "/session", nil).Status, bad)
	}
	a := w.by(cookie, "GET", "/session", nil, "Authorization", "Bearer wrong")
	require.Equal(t, http.StatusUnauthorized, a.Status, "who sends a key is asked for that key")
	a = w.by(cookie, "GET", "/session", nil, "Authorization", "Basic cHJveHk6cHJveHk=")
	require.Equal(t, http.StatusOK, a.Status, "a proxy's own password is not ours")
	a = w.by(cookie, "PATCH", "/company", object{"name": "x"}, "Authorization", "Basic cHJveHk6cHJveHk=", "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, a.Status, "and opens nothing to other sites")
	var kept int
	require.NoError(t, w.db.Get(&kept, `select count(*) from sessions where encode(hash, 'escape') like '%' || $1 || '%'`, strings.Split(cookie, "=")[1]))
	require.Zero(t, kept, "the token is in no table")
}

func TestAnotherSitesPageCannotUseASession(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("admin", "Maria")
	foreign := [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
	}
	for _, headers := range foreign {
		for _, one := range []struct {
			method, path string
			body         any
		}{
			{"PATCH", "/company", object{"name": "Taken"}},
			{"POST", "/teams", chicago("Taken")},
			{"DELETE", "/session?everywhere=true", nil},
			{"POST", "/session/password", object{"old_password": password, "password": "another horse"}},
		} {
			a := w.by(cookie, one.method, one.path, one.body, headers...)
			require.Equal(t, http.StatusForbidden, a.Status, "%s %s %v", one.method, one.path, headers)
		}
		a := w.signIn("maria@example.com", password, headers...)
		require.Equal(t, http.StatusForbidden, a.Status, "nor sign somebody in as somebody else")
		require.Empty(t, a.Header.Get("Set-Cookie"))
		require.Equal(t, http.StatusOK, w.Do("PATCH", "/company", object{"name": "Ours"}, headers...).Status, "a key is no browser's")
	}
	require.Equal(t, "Ours", w.by(cookie, "GET", "/company", nil, foreign[0]...).JSON["name"], "looking is not changing")
	require.Equal(t, http.StatusOK, w.by(cookie, "PATCH", "/company", object{"name": "Hers"}, "Sec-Fetch-Site", "same-origin").Status)
}

func TestTheLanguageOfTheConsole(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("advisor", "Maria", w.teamID)
	for _, tag := range []string{"pl", "pt-BR", ""} {
		require.Equal(t, tag, w.by(cookie, "PATCH", "/session", object{"language": tag}).JSON["language"])
		require.Equal(t, tag, w.by(cookie, "GET", "/session", nil).JSON["language"])
	}
	for _, bad := range []any{"xx", "pl<script>", 5, nil} {
		require.Equal(t, http.StatusUnprocessableEntity, w.by(cookie, "PATCH", "/session", object{"language": bad}).Status, bad)
	}
}

func TestOneAddressInTwoCompanies(t *testing.T) {
	w := newWorld(t)
	here, _ := w.signInAs("admin", "Maria")
	w.stranger(t)
	m := settings.NewMember()
	m.Name, m.Email, m.Role = "Maria", "maria@example.com", settings.RoleAdmin
	there, err := settings.CreateMember(t.Context(), w.db, stranger, "test", m)
	require.NoError(t, err)
	link, err := w.gate().Invite(t.Context(), stranger, there.ID, "test")
	require.NoError(t, err)
	w.With("").Must(http.StatusNoContent, "POST", "/links/"+path.Base(link.URL), object{"password": "another horse"})
	require.Equal(t, here, w.signIn("maria@example.com", password).JSON["id"])
	require.Equal(t, there.ID, w.signIn("maria@example.com", "another horse").JSON["id"])
}
