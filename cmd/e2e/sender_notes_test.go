package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestNotesStandWithTheirSender: what Meta tells of a business account is unrouted
// until a sender names it, and stands once with that sender from then on, however
// often it comes.
func TestNotesStandWithTheirSender(t *testing.T) {
	t.Parallel()
	w := opened(t)
	tell := func(event string) {
		t.Helper()
		status, err := w.graph.TellTemplate(t.Context(), w.graphDoor(), "issue_resolved", "en", event, w.Clock.Now())
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		w.settle()
	}
	tell("PAUSED")
	status, answer := w.api("GET", "/unrouted", nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.Len(t, answer["items"], 1)
	stray := answer["items"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"102290129340398", "note", "message_template_status_update"}, []any{stray["account"], stray["kind"], stray["note"]})

	w.byWhatsApp("102290129340398")
	var sender settings.Sender
	require.NoError(t, w.DB.Get(&sender.ID, `select id from senders where kind = $1`, channels.WhatsAppCloud))
	tell("DISABLED")
	path := "/teams/" + w.team.ID + "/senders/"
	status, answer = w.api("GET", path+sender.ID+"/notes", nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.Len(t, answer["items"], 1, "told twice")
	note := answer["items"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"message_template_status_update", map[string]any{"message_template_name": "issue_resolved", "event": "DISABLED"}}, []any{note["kind"], note["facts"]})
	require.Contains(t, fmt.Sprint(note["raw"]), "message_template_category")
	status, answer = w.api("GET", "/teams/"+w.team.ID+"/senders", nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.Contains(t, fmt.Sprint(answer), "held_templates")
	status, _ = w.api("GET", path+"11111111-1111-7111-8111-111111111111/notes", nil)
	require.Equal(t, http.StatusNotFound, status)
	status, _ = w.api("GET", path+"x/notes", nil)
	require.Equal(t, http.StatusNotFound, status)
}
