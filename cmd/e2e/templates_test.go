package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings/automations"
)

// TestTemplatesAreComparedWithMetas: what automations name and Meta does not
// have, or not in that language, is said.
func TestTemplatesAreComparedWithMetas(t *testing.T) {
	t.Parallel()
	w := opened(t)
	path := "/teams/" + w.team.ID + "/senders"
	status, made := w.api("POST", path, map[string]any{"kind": "whatsapp_cloud", "address": ourNumberID, "business_account_id": "x1"})
	require.Equal(t, http.StatusUnprocessableEntity, status, made)
	status, made = w.api("POST", path, map[string]any{"kind": "whatsapp_cloud", "address": ourNumberID})
	require.Equal(t, http.StatusCreated, status, made)
	path += "/" + made["id"].(string)
	status, answer := w.api("GET", path+"/templates", nil)
	require.Equal(t, http.StatusConflict, status, answer)
	status, answer = w.api("PATCH", path, map[string]any{"business_account_id": "102290129340398"})
	require.Equal(t, http.StatusOK, status, answer)

	w.change(automations.AskIssueResolved, func(a *automations.Setting) {
		a.Options[automations.WhatsAppTemplate] = "en: issue_resolved | link; pl: sprawa"
	})
	w.change(automations.RequestPayment, func(a *automations.Setting) { a.Options[automations.WhatsAppTemplate] = "pay_now | link" })
	status, answer = w.api("GET", path+"/templates", nil)
	require.Equal(t, http.StatusOK, status, answer)
	require.Len(t, answer["items"], len(approved))
	require.Equal(t, []any{
		map[string]any{"automation": "ask_issue_resolved", "template": "sprawa", "detail": "it does not exist in the language pl"},
		map[string]any{"automation": "request_payment", "template": "pay_now", "detail": "there is no template of this name"},
	}, answer["problems"])

	w.graph.Revoke("another token")
	status, answer = w.api("GET", path+"/templates", nil)
	require.Equal(t, http.StatusConflict, status, answer)
	status, _ = w.api("GET", "/teams/"+w.team.ID+"/senders/11111111-1111-7111-8111-111111111111/templates", nil)
	require.Equal(t, http.StatusNotFound, status)
}
