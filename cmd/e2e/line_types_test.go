package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/settings"
	"ringback/settings/automations"
)

// pathOf is the path of the team's sender of a kind.
func (w *world) pathOf(kind channels.Kind) string {
	w.t.Helper()
	var id string
	require.NoError(w.t, w.DB.Get(&id, `select id from senders where kind = $1`, kind))
	return "/teams/" + w.team.ID + "/senders/" + id
}

// TestLandlinesAreNotTexted where it is switched on: a caller's number is asked
// about once, and what Twilio says holds live and in the dry run.
func TestLandlinesAreNotTexted(t *testing.T) {
	t.Parallel()
	const landline, mobile, failing = "+13125550151", "+13125550152", "+13125550153"
	w := called(t, "2026-06-01T10:00:00-05:00", answers)
	w.edit(func(e *settings.Edit) error {
		team := e.Team
		team.CreateTicketForMissedCalls = false
		return e.SaveTeam(t.Context(), team)
	})
	w.sim.Line(landline, "landline")
	rings := func(from string) {
		t.Helper()
		w.later(20 * time.Minute)
		w.ring(from, twilio.HangUp(channels.StepRinging))
		require.Eventually(t, func() bool {
			var asking int
			require.NoError(t, w.DB.Get(&asking, `select count(*) from addresses where lookup_at is not null`))
			w.Gateway.Wake()
			return asking == 0
		}, settled, 10*time.Millisecond)
		w.later(time.Minute)
	}
	rings(mobile)
	require.Empty(t, w.sim.Lookups(), "it is off by default")
	w.decision("sent", "sent", automations.CustomerHangsUp)

	status, answer := w.api("POST", "/teams/"+w.team.ID+"/senders", map[string]any{"kind": "whatsapp_twilio", "address": oursOnWhatsApp, "line_types": true})
	require.Equal(t, http.StatusUnprocessableEntity, status, answer)
	require.Equal(t, "line_types", answer["errors"].([]any)[0].(map[string]any)["field"])
	status, answer = w.api("PATCH", w.pathOf(channels.Voice), map[string]any{"line_types": true})
	require.Equal(t, http.StatusOK, status, answer)
	rings(landline)
	w.decision("skipped", "landline", automations.CustomerHangsUp)
	rings(landline)
	w.decision("skipped", "landline", automations.CustomerHangsUp)
	rings(mobile)
	w.decision("sent", "sent", automations.CustomerHangsUp)
	rings("anonymous")
	require.Equal(t, []string{landline, mobile}, w.sim.Lookups(), "each once")
	require.Empty(t, w.sim.Inbox(landline))

	status, tried := w.api("POST", "/teams/"+w.team.ID+"/dry-run", map[string]any{"contact": landline, "event": map[string]any{"kind": "call", "outcome": "missed"}})
	require.Equal(t, http.StatusOK, status, tried)
	require.Equal(t, "landline", tried["decision"].(map[string]any)["reason"])
	require.Len(t, w.sim.Lookups(), 2, "a dry run asks nobody")

	// Whoever texts from a landline takes texts there, and nobody is asked again.
	status, tried = w.api("POST", "/teams/"+w.team.ID+"/dry-run", map[string]any{"contact": landline, "event": map[string]any{"kind": "message", "text": "Hello"}})
	require.Equal(t, http.StatusOK, status, tried)
	require.Equal(t, "sent", tried["decision"].(map[string]any)["reason"])
	w.text(landline, "Hello")
	w.settle()
	require.Len(t, w.sim.Inbox(landline), 2, "their text and ours")
	_, tried = w.api("POST", "/teams/"+w.team.ID+"/dry-run", map[string]any{"contact": landline, "event": map[string]any{"kind": "call", "outcome": "missed"}})
	require.NotEqual(t, "landline", tried["decision"].(map[string]any)["reason"])
	require.Len(t, w.sim.Lookups(), 2)

	// Whoever cannot be looked up is texted.
	w.sim.Fault(twilio.Fault{On: "lookup", Times: 1, Status: 404})
	rings(failing)
	w.decision("sent", "sent", automations.CustomerHangsUp)
}

// TestCallersNobodyVouchesFor share a tenth of the team's texts of an hour.
func TestCallersNobodyVouchesFor(t *testing.T) {
	t.Parallel()
	w := called(t, "2026-06-01T10:00:00-05:00", answers)
	w.edit(func(e *settings.Edit) error {
		team := e.Team
		team.AutomaticPerHour = 20
		return e.SaveTeam(t.Context(), team)
	})
	for n, c := range []struct{ verstat, outcome, reason string }{
		{"TN-Validation-Failed-C", "sent", "sent"},
		{"TN-Validation-Passed-A", "sent", "sent"},
		{"No-TN-Validation", "sent", "sent"},
		{"TN-Validation-Failed-A", "skipped", "unverified_caller"},
		{"TN-Validation-Passed-B", "sent", "sent"},
		{"", "sent", "sent"}, // most countries say nothing
	} {
		params := url.Values{}
		if c.verstat != "" {
			params.Set("StirVerstat", c.verstat)
		}
		w.ring("+1312555016"+string(rune('0'+n)), twilio.HangUp(channels.StepRinging), twilio.WithCallParams(params))
		w.later(time.Minute)
		w.decision(c.outcome, c.reason, automations.CustomerHangsUp)
	}

	// Of several that are settled in one go, no more get a text than one after the other.
	w.later(time.Hour)
	for n := range 4 {
		w.ring(fmt.Sprintf("+1312555017%d", n), twilio.HangUp(channels.StepRinging), twilio.WithCallParams(url.Values{"StirVerstat": {"TN-Validation-Failed-A"}}))
	}
	w.later(time.Minute)
	var sent, refused int
	require.NoError(t, w.DB.QueryRow(`select count(*) filter (where reason = 'sent'), count(*) filter (where reason = 'unverified_caller') from decisions
		where contact_id in (select contact_id from addresses where address like '+1312555017%')`).Scan(&sent, &refused))
	require.Equal(t, [2]int{2, 2}, [2]int{sent, refused})
}
