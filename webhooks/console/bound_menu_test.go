package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/staff"
)

// TestAMenuThatLeadsOutOfReachStays: whoever is of one team alone saves something else
// on its page, and the callers still reach the other team, whose name is not shown.
func TestAMenuThatLeadsOutOfReachStays(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	other := settings.NewTeam()
	other.Name, other.TimeZone = "Board room", "America/Chicago"
	other, err := settings.CreateTeam(t.Context(), b.db, b.gate.Company, "test", other)
	require.NoError(t, err)
	path := "/teams/" + b.team + "/team"
	form := b.get(path).form(t, "team")
	form.Set("option.0.digit", "2")
	form.Set("option.0.label", "Sales")
	form.Set("option.0.to", "team:"+other.ID)
	require.Equal(t, http.StatusSeeOther, b.ask("POST", path, form).status)
	menu := b.ofTeam().Voice.Options
	require.Len(t, menu, 1)

	_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{Name: "bound", TeamID: &b.team, Scopes: []string{"settings:write"}})
	require.NoError(t, err)
	bound := []string{"Authorization", "Bearer " + key}
	b.Client = anew(t)
	shown := b.ask("GET", path, nil, bound...)
	require.Contains(t, shown.text, "another team</option>")
	require.NotContains(t, shown.text, "Board room")
	form = shown.form(t, "team")
	form.Set("contact_per_hour", "2")
	saved := b.ask("POST", path, form, bound...)
	require.Equal(t, http.StatusSeeOther, saved.status, saved.text)
	require.Equal(t, 2, b.ofTeam().ContactPerHour)
	require.Equal(t, menu, b.ofTeam().Voice.Options)
	history := b.ask("GET", "/teams/"+b.team+"/history", nil, bound...).text
	require.Contains(t, history, "2 Sales: another team")
	require.NotContains(t, history, other.ID)
}
