package e2e

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/settings/automations"
)

// The ticket of the contact page's form is answered by text, whichever replica
// took it, and once however often the form was sent.
func TestContactPageTicketIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	night, err := time.Parse(time.RFC3339, "2026-06-01T22:00:00-05:00")
	require.NoError(t, err)
	w.Clock.Stop(night)
	w.change(automations.AfterHoursTicket, func(s *automations.Setting) { s.Enabled = true })
	form := url.Values{"once": {"a-form-of-e2e"}, "name": {"Dana"}, "phone": {"312 555 0188"}, "text": {"It leaks"}}
	for _, base := range []string{w.URL(), w.replica().URL()} {
		answer, err := http.PostForm(base+"/c/"+w.team.ID, form)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
		require.Equal(t, "sent=1", answer.Request.URL.RawQuery)
	}
	w.settle()
	w.decision("sent", "sent", automations.AfterHoursTicket)
	got := w.sim.Inbox("+13125550188")
	require.Len(t, got, 1)
	require.Contains(t, got[0].Body, "We got your ticket #1001")
}
