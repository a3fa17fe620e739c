package api_test

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/rest/resttest"
)

const password = "a horse, a battery"

// signInAs adds somebody to the staff, has them choose a password, and returns
// their id and their cookie.
func (w world) signInAs(role, name string, teams ...string) (id, cookie string) {
	made := w.Must(http.StatusCreated, "POST", "/staff", ann(object{
		"name": name, "email": strings.ToLower(name) + "@example.com", "role": role, "teams": append([]string{}, teams...),
	}))
	id = made["id"].(string)
	return id, w.choosePassword(id)
}

// choosePassword invites one of the staff and uses the link.
func (w world) choosePassword(id string) (cookie string) {
	link := w.Must(http.StatusCreated, "POST", "/staff/"+id+"/invite", nil)
	a := w.With("").Do("POST", "/links/"+path.Base(link["url"].(string)), object{"password": password})
	require.Equal(w.T, http.StatusNoContent, a.Status, a.Text)
	return cookieOf(a)
}

// cookieOf is what a browser sends back after that answer.
func cookieOf(a resttest.Answer) string {
	pair, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return pair
}

// by sends a request with a session's cookie.
func (w world) by(cookie, method, path string, body any) resttest.Answer {
	return w.With("").Do(method, path, body, "Cookie", cookie)
}

func TestSomebodySignsInAndOut(t *testing.T) {
	w := newWorld(t)
	id, _ := w.signInAs("manager", "Maria", w.teamID)
	a := w.With("").Do("POST", "/session", object{"email": " MARIA@example.com ", "password": password})
	require.Equal(t, http.StatusOK, a.Status, a.Text)
	require.Equal(t, id, a.JSON["id"])
	require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	cookie := cookieOf(a)
	me := w.by(cookie, "GET", "/session", nil)
	require.Equal(t, a.JSON, me.JSON)
	require.Equal(t, object{
		"id": id, "name": "Maria", "email": "maria@example.com", "role": "manager", "company": w.company.ID,
		"teams": []any{w.teamID}, "scopes": []any{"settings:write", "tickets:write", "deliveries:write", "staff:read"}, "language": "",
	}, me.JSON)
	require.Equal(t, http.StatusOK, w.by(cookie, "GET", w.team, nil).Status)

	out := w.by(cookie, "DELETE", "/session", nil)
	require.Equal(t, http.StatusNoContent, out.Status, out.Text)
	require.Contains(t, out.Header.Get("Set-Cookie"), "Max-Age=0")
	require.Equal(t, http.StatusUnauthorized, w.by(cookie, "GET", "/session", nil).Status)
}

func TestTheTokenIsInNoTable(t *testing.T) {
	w := newWorld(t)
	_, cookie := w.signInAs("admin", "Maria")
	_, token, _ := strings.Cut(cookie, "=")
	raw, err := url.QueryUnescape(token)
	require.NoError(t, err)
	require.Len(t, raw, 43, "256 bits")
	var kept int
	require.NoError(t, w.db.Get(&kept, `select count(*) from sessions where encode(hash, 'escape') like '%' || $1 || '%'`, raw))
	require.Zero(t, kept)
}
