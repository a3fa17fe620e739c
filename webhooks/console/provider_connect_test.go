package console_test

import (
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

func TestOneConnectsTheProviderOneself(t *testing.T) {
	l := newLogin(t, "", false) // roles are chosen here
	l.begin()
	require.Contains(t, l.get("/account").text, `href="/account/provider"`)
	l.get(l.away("/account/provider", person("maria"))).leadsTo(t, "/account?connected=1")
	require.NotContains(t, l.get("/account").text, `href="/account/provider"`)
	maria, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "maria@example.com")
	require.NoError(t, err)

	added := settings.NewMember()
	added.Name, added.Email, added.Role = "Ben", "ben@example.com", settings.RoleAdmin
	added, err = settings.CreateMember(t.Context(), l.db, l.gate.Company, "test", added)
	require.NoError(t, err)
	admin := l.Client
	l.Client = anew(t)
	l.signIn(person("maria")).leadsTo(t, "/account")
	l.Client = anew(t)
	require.Contains(t, l.signIn(person("ben")).text, "nobody has invited you", "who adds people may be less mighty than Ben would be")
	require.Contains(t, l.signIn(person("nora")).text, "nobody has invited you")
	link, err := l.gate.Invite(t.Context(), l.gate.Company, added.ID, "test")
	require.NoError(t, err)
	l.signIn(person("ben")).leadsTo(t, "/account")
	require.Equal(t, http.StatusNotFound, (&browser{Client: anew(t), t: t, base: l.base}).get("/set-password/"+path.Base(link.URL)).status, "the link has ended")

	l.Client = admin
	require.Equal(t, http.StatusUnprocessableEntity, l.get(l.away("/account/provider", person("ben"))).status, "he is somebody else")
	page := l.get("/staff/" + added.ID)
	require.Contains(t, page.text, "/disconnect")
	l.post("/staff/"+added.ID+"/disconnect").leadsTo(t, "/staff/"+added.ID)
	require.Equal(t, http.StatusNotFound, l.post("/staff/"+added.ID+"/disconnect").status)
	l.Client = anew(t)
	require.Contains(t, l.signIn(person("ben")).text, "nobody has invited you")

	_, err = l.db.Exec(`update staff set password = null where id = $1`, maria.ID)
	require.NoError(t, err)
	l.Client = anew(t)
	l.signIn(person("maria")).leadsTo(t, "/account")
	require.Equal(t, http.StatusConflict, l.post("/staff/"+maria.ID+"/disconnect").status, "nobody could sign in any more")
}

func TestPasswordsAreForLocalAdminsAlone(t *testing.T) {
	l := newLogin(t, roles, true)
	l.begin()
	ben := settings.NewMember()
	ben.Name, ben.Email, ben.Role = "Ben", "ben@example.com", settings.RoleAdvisor
	ben, err := settings.CreateMember(t.Context(), l.db, l.gate.Company, "test", ben)
	require.NoError(t, err)
	link, err := l.gate.Invite(t.Context(), l.gate.Company, ben.ID, "test")
	require.NoError(t, err)
	l.Client = anew(t)
	address := strings.TrimPrefix(link.URL, l.base)
	require.NotContains(t, l.get(address).text, `name="password"`)
	require.NotContains(t, l.post(address, "password", password).header.Get("Set-Cookie"), "session")
	l.signIn(person("ben", "crew")).leadsTo(t, "/account")

	l.Client = anew(t)
	require.NotContains(t, l.get("/sign-in").text, `name="password"`)
	require.Contains(t, l.get("/sign-in?local=1").text, `name="password"`)
	l.post("/sign-in", "email", "maria@example.com", "password", password).leadsTo(t, "/")
	require.Equal(t, http.StatusOK, l.get("/account").status)
	maria, err := settings.FindMemberByEmail(t.Context(), l.db, l.gate.Company, "maria@example.com")
	require.NoError(t, err)
	_, err = l.db.Exec(`update staff set role = 'manager' where id = $1`, maria.ID)
	require.NoError(t, err)
	l.get("/account").leadsTo(t, "/sign-in?next=%2Faccount")
	require.Contains(t, l.post("/sign-in", "email", "maria@example.com", "password", password).text, "is wrong")
}
