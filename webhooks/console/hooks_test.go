package console_test

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/outboundhooks"
)

var secret = regexp.MustCompile(`whsec_[A-Za-z0-9+/&#;]+=`)

func TestAnAddressOfAnotherSystem(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	require.Contains(t, b.get("/").header.Get("Location")+b.get("/teams/"+b.team+"/senders").text, `href="/hooks"`)
	require.Contains(t, b.get("/hooks").text, "No webhooks yet.")
	made := b.ask("POST", "/hooks", url.Values{"url": {"https://example.com/ringback"}, "kinds": {"message.received", "ticket.rated"}})
	require.Equal(t, http.StatusOK, made.status)
	first := secret.FindString(made.text)
	require.NotEmpty(t, first)
	one := regexp.MustCompile(`/hooks/[0-9a-f-]{36}`).FindString(b.get("/hooks").text)
	require.Contains(t, made.text, `action="`+one+`"`)
	require.NotContains(t, b.get(one).text, "whsec_", "it is shown once")

	told := map[string]any{"text": "<script>alert(1)</script>"}
	require.NoError(t, outboundhooks.Tell(t.Context(), b.db, outboundhooks.Event{CompanyID: b.gate.Company, Kind: outboundhooks.MessageReceived, At: b.clock.Now(), Data: told}))
	shown := b.get(one)
	require.Contains(t, shown.text, "A customer wrote")
	require.NotContains(t, shown.text, "<script>alert")
	var id string
	require.NoError(t, b.db.Get(&id, `update hook_deliveries set state = 'failed', due_at = null, attempts = 3, status = 500, error = 'hook_answered' returning id`))
	require.Contains(t, b.get(one).text, "the address answered 500")
	require.Contains(t, b.ask("GET", one, nil, "Accept-Language", "pl").text, "adres odpowiedział 500")
	b.post(one, "what", "resend", "delivery", id).leadsTo(t, one+"#log")
	b.post(one, "what", "test").leadsTo(t, one+"#log")
	var waiting int
	require.NoError(t, b.db.Get(&waiting, `select count(*) from hook_deliveries where state = 'queued'`))
	require.Equal(t, 2, waiting)

	rotated := b.post(one, "what", "secret")
	require.Equal(t, http.StatusOK, rotated.status)
	require.NotEmpty(t, secret.FindString(rotated.text))
	require.NotEqual(t, first, secret.FindString(rotated.text))
	require.Contains(t, rotated.text, "The secret before this one signs too, until")

	b.post(one, "url", "https://example.com/other", "kinds", "call.missed").leadsTo(t, one+"#log")
	off := b.get(one)
	require.Contains(t, off.text, `value="https://example.com/other"`)
	require.NotContains(t, off.text, `name="delivery"`, "nothing is sent to one that is off")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(one, "what", "test").status)
	asked := b.post(one, "what", "delete")
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.text, "Delete this webhook?")
	b.post(one, "what", "delete", "sure", "yes").leadsTo(t, "/hooks")
	for _, gone := range []string{one, "/hooks/" + b.team, "/hooks/x"} {
		require.Equal(t, http.StatusNotFound, b.get(gone).status, path.Base(gone))
		require.Equal(t, http.StatusNotFound, b.post(gone, "what", "secret").status)
	}
}

func TestWhatIsNoAddressOfAnotherSystem(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	require.Contains(t, b.post("/hooks", "url", "https://example.com").text, `id="kinds-fault">Choose at least one.`)
	for typed, fault := range map[string]string{
		"http://example.com":            `id="url-fault">must begin with https://`,
		"https://10.0.0.1/x":            `id="url-fault">must be an address on the internet`,
		`http://a.example/"><script>x1`: `id="url-fault">must begin with https://`,
	} {
		refused := b.post("/hooks", "url", typed, "kinds", "call.missed")
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.text, fault)
		require.NotContains(t, refused.text, "<script>x1")
		require.Equal(t, typed, refused.form(t, "hook").Get("url"), "what was typed is kept")
	}
	require.Contains(t, b.ask("POST", "/hooks", url.Values{"url": {"http://example.com"}, "kinds": {"call.missed"}}, "Accept-Language", "de").text, "muss mit https:// beginnen")
	b.ask("POST", "/hooks", url.Values{"url": {"https://example.com"}, "kinds": {"call.missed"}})
	one := regexp.MustCompile(`/hooks/[0-9a-f-]{36}`).FindString(b.get("/hooks").text)
	refused := b.post(one, "url", "https://localhost/", "kinds", "call.missed", "enabled", "1")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, `value="https://localhost/"`)
	require.Contains(t, refused.text, `action="`+one+`"`)
	require.Equal(t, http.StatusNotFound, b.post(one, "what", "resend", "delivery", "../../../teams").status)
}
