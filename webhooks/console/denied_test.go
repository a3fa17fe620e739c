package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/staff"
)

// TestAPageThatIsDeniedKeepsTheMenu: whoever may not see it goes on from there.
func TestAPageThatIsDeniedKeepsTheMenu(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	_, key, err := staff.CreateKey(t.Context(), b.db, staff.Principal{CompanyID: b.gate.Company}, staff.Key{
		Name: "advisor", TeamID: &b.team, Scopes: []string{"settings:read", "tickets:write"},
	})
	require.NoError(t, err)
	b.Client = anew(t)
	asAdvisor := []string{"Authorization", "Bearer " + key}
	team := "/teams/" + b.team
	require.Equal(t, http.StatusOK, b.ask("GET", team+"/tickets", nil, asAdvisor...).status) // which the browser remembers
	for _, path := range []string{team + "/senders/new", "/staff", "/privacy"} {
		denied := b.ask("GET", path, nil, asAdvisor...)
		require.Equal(t, http.StatusForbidden, denied.status, path)
		require.Contains(t, denied.text, `href="`+team+`/tickets"`, path)
	}
	elsewhere := b.ask("GET", "/teams/11111111-1111-7111-8111-111111111111/senders/new", nil, asAdvisor...)
	require.Equal(t, http.StatusForbidden, elsewhere.status)
	require.NotContains(t, elsewhere.text, "/teams/11111111-1111-7111-8111-111111111111/tickets")
}
