package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
)

func TestTemplatesStandAsMetaSays(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	path, senders := "/teams/"+b.team+"/templates", "/teams/"+b.team+"/senders"
	require.Contains(t, b.get(path).text, "has no WhatsApp number at Meta")
	b.post(senders, "kind", "whatsapp_cloud", "address", "+15550783881", "phone_number_id", "106540352242922", "access_token", token, "app_secret", token).leadsTo(t, senders)
	require.Contains(t, b.get(path).text, "Meta cannot be asked yet")

	one := senders + "/" + b.ofTeamSenders()[0].ID
	form := []string{"kind", "whatsapp_cloud", "rate", "80", "rate_was", "80", "business_was", ""}
	refused := b.post(one, append(form, "business", "<x>")...)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, "Enter the digits that Meta shows")
	require.Contains(t, refused.text, `value="&lt;x&gt;"`, "what was typed is not lost")
	b.post(one, append(form, "business", " 102290129340398 ")...).leadsTo(t, senders)
	require.Equal(t, "102290129340398", b.ofTeamSenders()[0].Settings.Business)
	require.Contains(t, b.get(senders).text, `value="102290129340398"`)
	require.Contains(t, b.get(path).text, "No message names a template")
	require.Contains(t, b.get(path).text, "There is no template at Meta yet")

	_, err := settings.EditTeam(t.Context(), b.db, b.gate.Company, b.team, "test", func(e *settings.Edit) error {
		all, err := e.Automations(t.Context())
		require.NoError(t, err)
		for i := range all {
			if all[i].Key == automations.AskIssueResolved {
				all[i].Options[automations.WhatsAppTemplate] = "issue_resolved | link; pl: sprawa; de: fertig; fr: nulle_part"
			}
		}
		return e.SaveAutomations(t.Context(), all)
	})
	require.NoError(t, err)
	b.atMeta = []channels.Approval{{Name: "issue_resolved", Language: "en", Status: "APPROVED"}, {Name: "sprawa", Language: "en", Status: "APPROVED"}, {Name: "fertig", Language: "de", Status: "REJECTED"}, {Name: "<new>", Language: "en", Status: "IN_LIMBO"}}
	shown := b.get(path).text
	for _, words := range []string{
		`<span class="tag good">approved</span>`, `<span class="tag bad">not in this language</span>`, `<span class="tag bad">rejected</span>`,
		`<span class="tag bad">not at Meta</span>`, "&lt;new&gt;", "in_limbo", "Ask the customer if the issue is resolved",
	} {
		require.Contains(t, shown, words)
	}
	require.Contains(t, b.get("/teams/"+b.team+"/automations").text, path)
	b.metaFault = &channels.SendError{Reason: channels.ReasonCredentials}
	require.Contains(t, b.get(path).text, "Meta did not list the templates")
}
