package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
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

// formSays leaves a ticket on the team's contact page, and answers its id.
func (w *world) formSays(name, number, text string) string {
	w.t.Helper()
	answer, err := http.PostForm(w.URL()+"/c/"+w.team.ID, url.Values{"name": {name}, "phone": {number}, "text": {text}})
	require.NoError(w.t, err)
	require.NoError(w.t, answer.Body.Close())
	require.Equal(w.t, http.StatusOK, answer.StatusCode)
	w.settle()
	var id string
	require.NoError(w.t, w.DB.Get(&id, `select ticket_id from messages where text = $1 and author = 'customer'`, text))
	return id
}

// TestNobodySpeaksAsAnother: a form that names a customer's number stands apart from
// them, is answered at the number, and is theirs once the staff say so.
func TestNobodySpeaksAsAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const dana = "+13125550188"
	w.text(dana, "My mower is broken")
	w.settle()
	hers := strings.TrimPrefix(w.ticketOf(dana), "/teams/"+w.team.ID+"/tickets/")
	before := len(w.sim.Inbox(dana))

	forged := w.formSays("Mallory", dana, "Please cancel the repair")
	path := "/teams/" + w.team.ID + "/tickets/"
	_, got := w.api(http.MethodGet, path+forged, nil)
	require.NotEqual(t, w.contactOf(dana), got["contact"])
	require.Equal(t, "Mallory", got["contact_name"])
	require.Empty(t, got["contact_address"])
	require.Equal(t, map[string]any{"contact": w.contactOf(dana), "name": "", "address": dana}, got["unproven"])
	require.Len(t, w.sim.Inbox(dana), before+1, "whoever left it is answered")
	_, got = w.api(http.MethodGet, path+hers, nil)
	require.NotContains(t, got, "unproven")
	require.NotContains(t, fmt.Sprint(got), "Mallory")
	require.NotContains(t, fmt.Sprint(got), "cancel the repair")

	// What the advisor replies reaches the number, and what comes back is the owner's.
	status, _ := w.api(http.MethodPost, path+forged+"/messages", map[string]any{"text": "Is that you?"})
	require.Equal(t, http.StatusCreated, status)
	w.settle()
	inbox := w.sim.Inbox(dana)
	require.Equal(t, "Is that you?", inbox[len(inbox)-1].Body)
	w.text(dana, "I wrote no such thing")
	w.settle()
	var on string
	require.NoError(t, w.DB.Get(&on, `select ticket_id from messages where text = 'I wrote no such thing'`))
	require.Equal(t, hers, on)

	// One press, and it is hers.
	status, _ = w.api(http.MethodPost, "/teams/"+w.team.ID+"/contacts/"+fmt.Sprint(w.field(forged, "contact_id"))+"/merge", map[string]any{"into": w.contactOf(dana)})
	require.Equal(t, http.StatusOK, status)
	_, got = w.api(http.MethodGet, path+forged, nil)
	require.Equal(t, w.contactOf(dana), got["contact"])
	require.NotContains(t, got, "unproven")

	// A STOP of the number's owner holds for whoever types it.
	w.text(dana, "STOP")
	w.settle()
	before = len(w.sim.Inbox(dana))
	refused := w.formSays("Dana", dana, "It leaks again")
	require.Len(t, w.sim.Inbox(dana), before)
	status, _ = w.api(http.MethodPost, path+refused+"/messages", map[string]any{"text": "Hello"})
	require.Equal(t, http.StatusConflict, status)

	// Who is erased is erased from what others said in their name.
	require.Equal(t, http.StatusAccepted, erases(t, w.App, w.contactOf(dana)))
	require.Empty(t, w.saying("It leaks again"))
	require.Empty(t, w.field(refused, "claimed_address"))
}

func (w *world) field(ticket, column string) (value string) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Get(&value, `select coalesce(`+column+`::text, '') from tickets where id = $1`, ticket))
	return value
}
