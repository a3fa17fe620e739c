package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// conversation is the page of a ticket of somebody who can be written to.
func (b *browser) conversation() string {
	b.t.Helper()
	b.begin()
	b.post("/teams/"+b.team+"/senders", "kind", "sms", "address", "+13125550102").leadsTo(b.t, "/teams/"+b.team+"/senders")
	r, err := http.NewRequestWithContext(b.t.Context(), "POST", b.base+"/api/v1/teams/"+b.team+"/tickets",
		strings.NewReader(`{"address": "+13125550142", "text": "My pump leaks"}`))
	require.NoError(b.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := b.Do(r)
	require.NoError(b.t, err)
	defer func() { _ = answer.Body.Close() }()
	var made struct{ ID string }
	require.NoError(b.t, json.NewDecoder(answer.Body).Decode(&made))
	require.NotEmpty(b.t, made.ID)
	return "/teams/" + b.team + "/tickets/" + made.ID
}

func TestAFileGoesWithARequest(t *testing.T) {
	b := newBrowser(t)
	ticket := b.conversation()
	form := url.Values{"kind": {"approval"}, "message": {"New pump?"}, "key": {"once"}}
	refused := b.sendFiles(ticket+"/requests", form, map[string]string{"files": "<html><script>alert(1)</script>"})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, "New pump?", "what was typed is kept")
	require.Contains(t, refused.text, `id="ask-files-fault">greeting.wav: `)

	form.Set("message", "{{nonsense}}")
	refused = b.sendFiles(ticket+"/requests", form, map[string]string{"files": sound})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	var file string
	require.NoError(t, b.db.Get(&file, `select id from media`))
	require.Contains(t, refused.text, `name="attached" value="`+file+`"`, "a file that was taken is not chosen again")

	form.Set("message", "New pump?")
	form.Set("attached", file)
	form.Set("attached-name", "greeting.wav")
	for range 2 { // pressed twice
		b.sendFiles(ticket+"/requests", form, map[string]string{"files": sound}).leadsTo(t, ticket)
	}
	var attached []string
	require.NoError(t, b.db.Select(&attached, `select jsonb_array_elements_text(attachments) from requests`))
	require.Len(t, attached, 2, "of one request")
	require.Equal(t, file, attached[0])
}

func TestARequestIsTakenBack(t *testing.T) {
	b := newBrowser(t)
	ticket := b.conversation()
	b.post(ticket+"/requests", "kind", "approval", "message", "New pump?").leadsTo(t, ticket)
	var id string
	require.NoError(t, b.db.Get(&id, `select id from requests`))
	shown := b.get(ticket)
	require.Contains(t, shown.text, `name="request" value="`+id+`"`)
	for range 2 {
		b.post(ticket+"/cancel", "request", id).leadsTo(t, ticket)
	}
	live := b.get(ticket + "/live?seen=something+else")
	require.Contains(t, live.text, `hx-swap-oob="true"`, "what was asked follows by itself, too")
	require.Contains(t, live.text, "Withdrawn")
	require.NotContains(t, live.text, `name="request"`)

	_, err := b.db.Exec(`update requests set state = 'answered', answer = '{"approved": true, "comment": "Yes <b>please</b>"}'`)
	require.NoError(t, err)
	refused := b.post(ticket+"/cancel", "request", id)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.text, "the customer answered already")
	require.Contains(t, refused.text, "Yes &lt;b&gt;please&lt;/b&gt;")
	for _, id := range []string{"x", "../../keys/1", b.team} {
		require.Equal(t, http.StatusNotFound, b.post(ticket+"/cancel", "request", id).status, id)
	}
}
