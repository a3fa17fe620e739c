package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// TestWhatWouldNotGoOutIsRefused: on every road by which one of the staff turns to a
// customer, at once and with the reason, and nothing is left of it.
func TestWhatWouldNotGoOutIsRefused(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	ticket := w.path + "/tickets/" + s.ticket
	type road struct {
		method, path string
		body         any
		field        string
	}
	message := road{"POST", ticket + "/messages", object{"text": "Hello"}, "contact"}
	request := road{"POST", ticket + "/requests", object{"kind": "approval", "message": "New blade?"}, "kind"}
	rating := road{"POST", ticket + "/requests", object{"kind": "rating"}, "kind"}
	share := road{"POST", w.path + "/contacts/" + s.contact + "/share-voicehub", nil, "contact"}
	closes := road{"PATCH", ticket, object{"status": "closed", "ask": true}, "ask"}
	finishes := road{"PATCH", ticket, object{"status": "done", "ask": true}, "ask"}
	is := func(code string, roads ...road) {
		t.Helper()
		for _, r := range roads {
			got := w.refusedFor(http.StatusConflict, r.method, r.path, r.body)
			require.Contains(t, got, ": "+code, "%s %s", r.method, r.path)
		}
	}
	switchAll := func(on bool) {
		for _, key := range []string{"request_approval", "capture_advisor_rating", "share_voicehub", "ask_issue_resolved"} {
			w.Must(http.StatusOK, "PATCH", w.path+"/automations/"+key, object{"enabled": on})
		}
	}
	switchAll(false)
	is("disabled", request, rating, share, closes, finishes)
	w.Must(http.StatusCreated, message.method, message.path, message.body)
	switchAll(true)

	w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+s.contact, object{"blocked": true})
	is("blocked", request, rating, share, closes, finishes)
	w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+s.contact, object{"blocked": false, "opted_out": true})
	is("opted_out", message, request, rating, share, closes, finishes)
	w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+s.contact, object{"opted_out": false})
	w.exec(`update addresses set unreachable_at = now() where address = $1`, customer)
	is("unreachable", message, request, rating, share, closes, finishes)
	w.exec(`update addresses set unreachable_at = null where address = $1`, customer)
	w.Must(http.StatusOK, "PATCH", w.path, object{"allowed_countries": []string{"PL"}})
	is("country_not_allowed", message, request, rating, share, closes, finishes)
	w.Must(http.StatusOK, "PATCH", w.path, object{"allowed_countries": []string{}})

	var left struct{ Requests, Events, Closed int }
	require.NoError(t, w.db.Get(&left, `select (select count(*) from requests) as requests, (select count(*) from events) as events,
		(select count(*) from tickets where status <> 'open') as closed`))
	require.Zero(t, left)
	w.Must(http.StatusOK, closes.method, closes.path, closes.body)
}

// TestClosingIsNotRefused: a ticket can be closed whoever it is with.
func TestClosingIsNotRefused(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	w.Must(http.StatusOK, "PATCH", w.path+"/contacts/"+s.contact, object{"opted_out": true})
	ticket := w.path + "/tickets/" + s.ticket
	w.Must(http.StatusOK, "PATCH", ticket, object{"status": "closed"})
	w.Must(http.StatusOK, "PATCH", ticket, object{"status": "open"})
	closed := w.Must(http.StatusOK, "PATCH", ticket, object{"status": "closed", "ask": false})
	require.Equal(t, true, closed["resolved"], "resolved, and silently so")
	w.Must(http.StatusOK, "PATCH", ticket, object{"status": "open"})
	w.Must(http.StatusOK, "PATCH", ticket, object{"status": "done", "ask": false})
	var kinds []string
	require.NoError(t, w.db.Select(&kinds, `select kind from events order by seq`))
	require.Equal(t, []string{"ticket_closed", "ticket_lapse"}, kinds, "of the first closing alone, and the end of the last")
}

// TestARequestAfterTheWindow: the 24 hours are over and there is neither
// template nor text.
func TestARequestAfterTheWindow(t *testing.T) {
	w := newInbox(t)
	sender := w.adds(channels.WhatsAppTwilio, "+15005550009")
	s := w.text(customer, "SM1", noon)
	w.exec(`update messages set sender_id = $1, at = at - interval '3 days'`, sender.ID)
	w.Must(http.StatusOK, "PATCH", w.path, object{"sms_fallback": false})
	require.Equal(t, "kind: whatsapp_window_closed", w.refusedFor(http.StatusConflict, "POST", w.path+"/tickets/"+s.ticket+"/requests", object{"kind": "approval", "message": "New blade?"}))
}

func (w inboxWorld) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(query, args...)
	require.NoError(w.t, err)
}
