package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTryingOutWhatAdvisorsAndCustomersDo(t *testing.T) {
	b := newBrowser(t)
	b.begin()
	at := "/teams/" + b.team + "/try"
	ask := func(pairs ...string) page {
		query := url.Values{"at": {"2026-06-01T10:00"}}
		for n := 0; n < len(pairs); n += 2 {
			query.Set(pairs[n], pairs[n+1])
		}
		return b.get(at + "?" + query.Encode())
	}
	require.Contains(t, ask("kind", "ticket", "text", "My mower does not start").text, "The team has no number to answer from.")
	refused := ask("kind", "request", "asks", "photo_video", "message", "<script>alert(1)</script>")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status, "the team has no sender that could ask")
	require.Contains(t, refused.text, "&lt;script&gt;alert(1)&lt;/script&gt;", "what was typed is kept, as text")
	require.Contains(t, refused.text, "no sender")
	b.post("/teams/"+b.team+"/senders", "kind", "sms", "address", "+15005550006")
	require.Contains(t, ask("kind", "request", "asks", "photo_video", "contact", "+13125550142").text, "Photo")
	require.Contains(t, ask("kind", "request", "asks", "approval", "message", "Is this {{colour}} right?").text, "fault")
	require.Equal(t, http.StatusUnprocessableEntity, ask("kind", "call", "contact", "01940000-0000-7000-8000-000000000000").status)
	for _, kind := range []string{"done", "closed"} {
		require.Equal(t, http.StatusOK, ask("kind", kind, "contact", "+13125550142").status)
	}
}
