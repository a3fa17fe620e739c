package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/settings/automations"
)

// TestAFormOpensNoOtherTeamsCustomers: who types the number of another team's customer
// shows nothing of them to the team whose page it is, and takes nothing from the
// other, until the staff say that it is them, or they write themselves.
func TestAFormOpensNoOtherTeamsCustomers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.change(automations.AfterHoursTicket, func(s *automations.Setting) { s.Enabled = true })
	made := settings.NewTeam()
	made.Name, made.TimeZone = "Sales", "America/Chicago"
	sales, err := settings.CreateTeam(t.Context(), w.DB.DB, w.Company.ID, "test", made)
	require.NoError(t, err)
	const dana = "+13125550188"
	tx, err := w.DB.BeginTxx(t.Context(), nil)
	require.NoError(t, err)
	known, err := contacts.FindOrCreate(t.Context(), tx, w.Company.ID, sales.ID, "", channels.SMS, dana, "Dana Wilson")
	require.NoError(t, err)
	require.NoError(t, tx.Commit())

	forged := w.formSays("Mallory", dana, "Please cancel the repair")
	ours, theirs := "/teams/"+w.team.ID, "/teams/"+sales.ID
	nowhere := func(why string) {
		for _, path := range []string{
			"/tickets/" + forged, "/tickets", "/tickets?q=Wilson", "/contacts", "/contacts?q=Wilson", "/contacts?address=%2B13125550188",
			"/tickets/" + forged + "/timeline", "/decisions", "/deliveries", "/consents",
		} {
			status, got := w.api(http.MethodGet, ours+path, nil)
			require.Contains(t, []int{http.StatusOK, http.StatusNotFound}, status, path)
			require.NotContains(t, fmt.Sprint(got), "Dana", "%s: %s", path, why)
		}
		status, _ := w.api(http.MethodGet, ours+"/contacts/"+known.ID, nil)
		require.Equal(t, http.StatusNotFound, status, why)
	}
	nowhere("the form")
	_, got := w.api(http.MethodGet, ours+"/tickets/"+forged, nil)
	require.Equal(t, map[string]any{"contact": known.ID, "name": "", "address": dana}, got["unproven"])
	_, got = w.api(http.MethodGet, ours+"/tickets?q=5550188", nil)
	require.Contains(t, fmt.Sprint(got), forged, "the number that was typed finds it")
	status, _ := w.api(http.MethodPost, ours+"/tickets/"+forged+"/messages", map[string]any{"text": "Is that you?"})
	require.Equal(t, http.StatusCreated, status)
	w.settle()
	nowhere("a reply to the number")

	// Their own team does with them what it did.
	advisor := contacts.Actor{CompanyID: w.Company.ID, TeamID: sales.ID, Reach: []string{sales.ID}, Who: "Ann", At: w.Clock.Now()}
	blocked := func(yes bool) {
		tx, err := w.DB.BeginTxx(t.Context(), nil)
		require.NoError(t, err)
		_, err = contacts.Change(t.Context(), tx, advisor, known.ID, func(c *contacts.Card) error { c.Blocked = yes; return nil })
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
	}
	blocked(true)
	blocked(false)

	// The staff may say that it is them, and so may they.
	other := w.formSays("Dana", dana, "It leaks")
	status, _ = w.api(http.MethodPost, ours+"/contacts/"+w.field(other, "contact_id")+"/merge", map[string]any{"into": known.ID})
	require.Equal(t, http.StatusOK, status)
	status, _ = w.api(http.MethodGet, ours+"/contacts/"+known.ID, nil)
	require.Equal(t, http.StatusOK, status)
	const ben = "+13125550177"
	claim := w.formSays("Ben", ben, "It smokes")
	id := w.field(claim, "claimed_id")
	status, _ = w.api(http.MethodGet, ours+"/contacts/"+id, nil)
	require.Equal(t, http.StatusNotFound, status)
	w.text(ben, "Hello?")
	w.settle()
	status, _ = w.api(http.MethodGet, ours+"/contacts/"+id, nil)
	require.Equal(t, http.StatusOK, status)
	status, _ = w.api(http.MethodGet, theirs+"/contacts/"+id, nil)
	require.Equal(t, http.StatusNotFound, status)
}
