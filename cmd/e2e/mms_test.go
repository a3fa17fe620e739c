package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A photo that comes as a message answers the wish for one: it opens nothing,
// gets no automatic reply, and stands on the ticket that it was asked for on.
func TestPhotoByMessageAnswersTheRequest(t *testing.T) {
	w := newWorld(t)
	w.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	const customer = "+13125550142"
	w.text(customer, "my pump leaks")
	w.settle()
	status, answer := w.api("POST", w.ticketOf(customer)+"/requests", json.RawMessage(`{"kind": "photo_video"}`))
	require.Equal(t, http.StatusCreated, status, answer)
	w.settle()
	w.Clock.Stop(time.Date(2026, 6, 2, 3, 0, 0, 0, time.UTC)) // the team is closed, and 13 is on
	before := len(w.sim.Inbox(customer))
	photo := sms("Body", "here", "NumMedia", "1", "MediaUrl0", "https://api.twilio.com/2010-04-01/Accounts/"+accountSID+"/Messages/MM1/Media/ME1", "MediaContentType0", "image/jpeg")
	for range 2 {
		status, words := w.post(webhook{body: photo})
		require.Equal(t, http.StatusOK, status, words)
	}
	w.settle()
	w.decision("skipped", "answer", "-")
	require.Len(t, w.sim.Inbox(customer), before)
	w.count(ticketsOf, customer, 1)
	w.count(decisionsOf, customer, 3)
	_, ticket := w.api("GET", w.ticketOf(customer), nil)
	asked := ticket["requests"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"answered", "text"}, []any{asked["state"], asked["via"]})
	require.NotEmpty(t, asked["answer"].(map[string]any)["message"], "the message that brought it")
}
