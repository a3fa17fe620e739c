package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

// TestTheStaffAndTeamsOutOfReachAreNotShown: whoever is of one team alone reads of that
// one and of who works in it.
func TestTheStaffAndTeamsOutOfReachAreNotShown(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	other := settings.NewTeam()
	other.Name, other.TimeZone = "Board room", "America/Chicago"
	other, err := settings.CreateTeam(t.Context(), b.db, b.gate.Company, "test", other)
	require.NoError(t, err)
	hire := func(name, team string) string {
		m := settings.NewMember()
		m.Name, m.Email, m.Role, m.Teams = name, name+"@example.com", settings.RoleAdvisor, []string{team}
		made, err := settings.CreateMember(t.Context(), b.db, b.gate.Company, "test", m)
		require.NoError(t, err)
		return made.ID
	}
	zoe, bob := hire("Zoe", other.ID), hire("Bob", b.team)
	_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{Name: "bound", TeamID: &b.team, Scopes: []string{"settings:read", "staff:read"}})
	require.NoError(t, err)
	b.Client = anew(t)
	see := func(path string) page { return b.ask("GET", path, nil, "Authorization", "Bearer "+key) }
	for _, path := range []string{"/staff", "/teams"} {
		shown := see(path)
		require.Equal(t, http.StatusOK, shown.status, path)
		require.NotContains(t, shown.text, "Zoe", path)
		require.NotContains(t, shown.text, "Board room", path)
	}
	require.Contains(t, see("/staff").text, "Bob")
	require.Equal(t, http.StatusOK, see("/staff/"+bob).status)
	require.Equal(t, http.StatusNotFound, see("/staff/"+zoe).status)
	require.Equal(t, http.StatusNotFound, see("/teams/"+other.ID+"/team").status)
}
