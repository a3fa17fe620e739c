package console_test

import (
	"html"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/settings"
	"ringback/settings/automations"
)

// TestATeamWithoutANumberIsToldWhatToDoFirst: on each page on which nothing can happen
// without one, until there is one.
func TestATeamWithoutANumberIsToldWhatToDoFirst(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	pages := []string{"/tickets", "/decisions", "/deliveries", "/automations", "/contacts", "/ratings", "/try", "/reports", "/conversations/new"}
	for _, page := range pages {
		shown := b.get(team + page).text
		require.Contains(t, shown, `id="no-sender"`, page)
		require.Contains(t, shown, team+"/senders/new", page)
	}
	first := `<a class="button" href="/teams">`
	require.Contains(t, b.get("/traffic").text, first, "a page of all teams leads to them")
	b.post(team+"/senders", "kind", "sms", "address", "+13125550102").leadsTo(t, team+"/senders")
	require.NotContains(t, b.get("/traffic").text, first)
	for _, page := range pages {
		require.NotContains(t, b.get(team+page).text, `id="no-sender"`, page)
	}
}

// TestWhatIsWrongWithASenderStandsOnItsPageAndInTheRail, with what to do about it.
func TestWhatIsWrongWithASenderStandsOnItsPageAndInTheRail(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	page := "/teams/" + b.team + "/senders"
	b.post(page, "kind", "sms", "address", "+13125550102").leadsTo(t, page)
	says := func(change string, troubled bool, words ...string) {
		t.Helper()
		_, err := b.db.Exec(change)
		require.NoError(t, err)
		shown := html.UnescapeString(b.get(page).text)
		for _, w := range words {
			require.Contains(t, shown, w)
		}
		rail := b.get("/teams/" + b.team + "/tickets").text
		require.Equal(t, troubled, strings.Count(rail, `<span class="count wait"><span>1</span>`) == 1, change)
	}
	check := func(findings string) string {
		return `delete from sender_checks; insert into sender_checks (company_id, sender_id, at, findings) select company_id, id, now(), '` + findings + `' from senders`
	}
	says(`insert into sender_health (company_id, sender_id, last_webhook_at) select company_id, id, now() from senders`, false, `<span class="tag good">works</span>`)
	says(check(`[{"what": "message", "is": "", "needs": "https://here"}]`), true, `<span class="tag bad">not connected</span>`)
	says(check(`[{"what": "registration", "kind": "10DLC", "is": "registered"}]`), false, "its 10DLC registration is approved", `<span class="tag good">works</span>`)
	says(check(`[{"what": "registration", "kind": "toll-free", "is": "waiting", "needs": "registered", "note": true}]`), false, "The toll-free registration of this number is being looked at")
	says(check(`[{"what": "registration", "kind": "10DLC", "is": "refused", "why": "The <opt-in> is not shown", "needs": "registered", "note": true}]`), true,
		"its 10DLC registration was turned down", "Twilio says: The <opt-in> is not shown", "A2P 10DLC: have the brand")
	says(check(`[{"what": "registration", "kind": "toll-free", "is": "missing", "needs": "registered", "note": true}]`), true, "it has no toll-free registration", "have the number verified")
	says(check(`[{"what": "registration", "kind": "10DLC", "is": "missing", "needs": "registered", "note": true, "apart": true}]`), false, "For texts to people in the US this number lacks a registration")
	says(check(`[]`)+`; update senders set paused_at = now(), paused_for = '20003'`, true, "refuses the server’s own account")
	require.NotContains(t, b.get(page).text, "an admin has to look at Senders", "who reads it is there")
	says(`update senders set paused_at = null, paused_for = null; insert into events (company_id, id, team_id, sender_id, kind, provider_id, occurred_at, due_at, handled_at, payload)
		select company_id, gen_random_uuid(), team_id, id, 'note', 'n1', now(), now(), now(), '{"Note": {"kind": "phone_number_quality_update", "facts": {"event": "FLAGGED"}}}' from senders`, false,
		"customers complain of messages from this number")
	says(`delete from events; insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, state, sent_at)
		select company_id, '`+uuid.Must(uuid.NewV7()).String()+`', team_id, gen_random_uuid(), id, 'sms', '', address, '+13125550142', 'Hello', 'sending', now() - interval '1 hour' from senders`, false,
		"Nobody knows what became of messages of the last day (1)")
}

// TestAMessageSaysThatItsTemplateIsHeld: where it is written, with what customers get, and
// why in words.
func TestAMessageSaysThatItsTemplateIsHeld(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.post(team+"/senders", "kind", "whatsapp_cloud", "address", "+15550783881", "phone_number_id", "106540352242922", "access_token", token, "app_secret", token).leadsTo(t, team+"/senders")
	_, err := settings.EditTeam(t.Context(), b.db, b.gate.Company, b.team, "test", func(e *settings.Edit) error {
		all, err := e.Automations(t.Context())
		require.NoError(t, err)
		for i := range all {
			if all[i].Key == automations.AskIssueResolved {
				all[i].Options[automations.WhatsAppTemplate] = "issue_resolved | link; pl: sprawa"
			}
		}
		return e.SaveAutomations(t.Context(), all)
	})
	require.NoError(t, err)
	require.NotContains(t, b.get(team+"/automations").text, "template not approved")
	_, err = b.db.Exec(`insert into template_states (company_id, account, name, language, state, reason, at)
		select company_id, account, name, 'en', 'rejected', 'INVALID_FORMAT', now() from senders, (values ('issue_resolved'), ('sprawa')) t (name)`)
	require.NoError(t, err)
	shown := html.UnescapeString(b.get(team + "/automations").text)
	require.Equal(t, 1, strings.Count(shown, "template not approved"))
	require.Contains(t, shown, "WhatsApp does not take the template issue_resolved now: rejected. Who wrote within the last 24 hours gets these messages all the same; others get nothing")
	require.NotContains(t, shown, "the template sprawa now", "the message names it in another language")
	_, err = b.db.Exec(`update teams set sms_fallback = true`)
	require.NoError(t, err)
	_, err = b.db.Exec(`update teams set version = version + 1`)
	require.NoError(t, err)
	require.Contains(t, html.UnescapeString(b.get(team+"/automations").text), "others get them by SMS")
	stands := html.UnescapeString(b.get(team + "/senders").text)
	require.Contains(t, stands, "rejected, its form is wrong")
	require.Contains(t, stands, "Correct it at Meta and submit it again")
	require.NotContains(t, stands, "INVALID_FORMAT")
}
