package console_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// api sends JSON as a page of ours would, and returns the id of what was made.
func (b *browser) api(method, path string, body any) string {
	b.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(b.t, err)
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+"/api/v1"+path, bytes.NewReader(raw))
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.Do(r)
	require.NoError(b.t, err)
	defer func() { _ = answer.Body.Close() }()
	var made struct {
		ID     string
		Detail string
	}
	require.NoError(b.t, json.NewDecoder(answer.Body).Decode(&made))
	require.Less(b.t, answer.StatusCode, 300, made.Detail)
	return made.ID
}

// Where text would become markup: in an element, in an attribute of either kind
// of quotes, in an address, and as what a template would fill in.
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) {{.Who}}`

var markup = regexp.MustCompile(`(?i)<script>alert|<img src=x|(href|src|action)="?javascript:`)

// Everything that customers and colleagues write, on every page that shows it.
func TestWhatPeopleWriteIsNeverMarkup(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	team := "/teams/" + b.team
	b.api("PATCH", team, map[string]any{"name": hostile, "display_name": hostile})
	b.api("PATCH", "/company", map[string]any{"name": hostile})
	b.api("POST", team+"/senders", map[string]any{"kind": "sms", "address": "+15005550006"})
	b.api("POST", team+"/schedules", map[string]any{
		"title": hostile, "time_zone": "UTC", "starts_at": "2026-01-05T08:00", "ends_at": "2026-01-05T17:00", "rrule": "FREQ=DAILY",
	})
	ann := b.api("POST", team+"/contacts", map[string]any{"name": hostile, "addresses": []map[string]string{{"kind": "phone", "address": "+13125550142"}}})
	bob := b.api("POST", team+"/contacts", map[string]any{"name": hostile, "addresses": []map[string]string{{"kind": "phone", "address": "+13125550143"}}})
	b.api("PATCH", team+"/contacts/"+bob, map[string]any{"opted_out": true, "words": hostile})
	ticket := b.api("POST", team+"/tickets", map[string]any{"contact": ann, "text": hostile})
	b.api("POST", team+"/tickets/"+ticket+"/messages", map[string]any{"text": hostile})
	person := b.api("POST", "/staff", map[string]any{"name": hostile, "email": "eve@example.com", "role": "advisor", "teams": []string{b.team}})
	b.api("POST", team+"/labels", map[string]any{"name": hostile[:40]})
	b.api("POST", "/keys", map[string]any{"name": hostile, "scopes": []string{"tickets:read"}})
	b.api("PATCH", team+"/tickets/"+ticket, map[string]any{"assignee": person})
	_, err := b.db.Exec(`
		insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, outcome, reason, facts, text, at)
		select $1, gen_random_uuid(), $2, $3, $4, gen_random_uuid(), $5, $5, 'skipped', $5, jsonb_build_object($5::text, $5::text), $5, now()`,
		b.gate.Company, b.team, ann, ticket, hostile)
	require.NoError(t, err)
	_, err = b.db.Exec(`update deliveries set state = 'failed', error_code = $1, error = $1`, hostile)
	require.NoError(t, err)

	decision := b.newest(team + "/decisions")
	shown := 0
	for _, path := range []string{
		"/teams", "/teams/new", "/staff", "/staff/" + person, "/history", "/account", "/help", "/teams?q=" + "%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
		"/search?q=%22%3E%3Cscript%3Ealert(1)", "/search?q=script", team + "/labels", team + "/tickets", team + "/tickets?status=all&contact=%22%3E%3Cscript%3Ealert(1)", team + "/tickets/" + ticket, team + "/tickets/" + ticket + "/live",
		team + "/decisions", team + "/decisions/" + decision, team + "/decisions?reason=%22%3E%3Cscript%3Ealert(1)", team + "/deliveries", team + "/automations",
		team + "/schedules", team + "/team", team + "/senders", team + "/contacts", team + "/contacts/" + ann, team + "/contacts/" + bob,
		team + "/contacts?q=%22%3E%3Cscript%3Ealert(1)", team + "/try", team + "/reports", team + "/ratings", team + "/history",
	} {
		page := b.get(path)
		require.Less(t, page.status, 500, path)
		require.Empty(t, markup.FindString(page.text), path)
		if strings.Contains(page.text, "&lt;script&gt;alert") {
			shown++
		}
	}
	require.Greater(t, shown, 20, "or nothing of it is shown anywhere, and this proves nothing")
}

// A key's answers, a file's and the API's own errors are not pages either.
func TestAnAnswerOfTheAPIIsNoPage(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	for _, path := range []string{"/api/v1/teams/" + b.team + "/decisions?reason=%3Cscript%3Ealert(1)", "/api/v1/%3Cscript%3Ealert(1)%3C/script%3E"} {
		answer := b.get(path)
		require.NotContains(t, answer.header.Get("Content-Type"), "html", path)
	}
}
