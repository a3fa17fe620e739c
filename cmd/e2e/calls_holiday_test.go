package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/settings/automations"
)

// TestNobodyIsRungOnAHoliday: in the middle of a shift the caller comes to
// voicemail, nobody's phone rings, and the text has the holiday's words. Whoever
// is missed on the day after is missed as ever.
func TestNobodyIsRungOnAHoliday(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	status, answer := w.api("POST", "/teams/"+w.team.ID+"/holidays", map[string]any{
		"title": "Inventory", "from": "2026-06-01", "messages": map[string]string{automations.AfterHoursCall: "We are counting mowers today and will call you back."},
	})
	require.Equal(t, http.StatusCreated, status, answer)
	ring := func(until channels.Step) []string {
		call, err := w.sim.Call(t.Context(), w.PublicURL()+voicePath, caller, ours, twilio.HangUp(until, 4*time.Second), twilio.WithCallStatus(w.PublicURL()+callsPath))
		require.NoError(t, err)
		require.Empty(t, call.Faults())
		w.settle()
		w.later(40 * time.Second)
		return rung(call)
	}
	require.Empty(t, ring(channels.StepVoicemailPrompt))
	require.Equal(t, [3]string{"sent", "sent", automations.AfterHoursCall}, w.decided()[0])
	inbox := w.sim.Inbox(caller)
	require.Len(t, inbox, 1)
	require.Equal(t, "Green Valley - Service: We are counting mowers today and will call you back. We open again tomorrow at 8:00.", inbox[0].Body)

	w.later(24 * time.Hour)
	require.Equal(t, []string{answers}, ring(channels.StepRinging))
	w.nothingFailed()
}
