package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/gateway/messages"
)

// call is one settled call as the gateway leaves it.
func (w inboxWorld) call(s story, outcome string, at time.Time) {
	w.t.Helper()
	_, err := w.db.Exec(`
		insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at, ended_at, outcome, settled_at)
		values ($1, $2::uuid, $2::uuid::text, $3, $4, '', $5, $6, $7::timestamptz, $7::timestamptz + interval '30 seconds', $8, $7::timestamptz)`,
		w.team.CompanyID, newID(), w.team.ID, w.sender.ID, s.contact, s.ticket, at, outcome)
	require.NoError(w.t, err)
}

func (w inboxWorld) wrote(s story, author string, at time.Time) {
	w.t.Helper()
	require.NoError(w.t, messages.Insert(w.t.Context(), w.db, messages.Message{
		CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, SenderID: w.sender.ID, TicketID: s.ticket,
		Author: author, Text: "Hello", At: at,
	}))
}

func TestAReport(t *testing.T) {
	w := newInbox(t)
	monday := time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC) // 9:00 in Chicago
	late := time.Date(2026, 6, 4, 4, 30, 0, 0, time.UTC)   // 23:30 on Wednesday
	// Each of them wrote at first, long ago, so that there is a ticket.
	ago := monday.AddDate(0, 0, -40)
	anna, ben, cleo := w.text(customer, "SM1", ago), w.text("+12025550101", "SM2", ago), w.text("+12025550102", "SM3", ago)
	w.call(anna, "missed", monday)
	w.wrote(anna, "customer", monday.Add(10*time.Minute))
	w.call(ben, "hung_up", late)
	w.call(ben, "answered", late.Add(time.Hour))
	w.call(cleo, "missed", late)
	w.wrote(cleo, "customer", late.AddDate(0, 0, 2)) // too late to count
	w.call(cleo, "voicemail", late)
	w.call(cleo, "missed", monday.AddDate(0, 0, -1)) // the week before
	_, err := w.db.Exec(`
		insert into decisions (company_id, id, team_id, contact_id, event_id, event_kind, provider_id, outcome, reason, facts, at)
		select company_id, gen_random_uuid(), team_id, contact_id, gen_random_uuid(), 'call', sid, 'sent', 'sent', '{}', started_at
		from calls where contact_id = $1`, anna.contact)
	require.NoError(t, err)

	for n, minutes := range []int{1, 5, 60, 0} { // the last is not answered yet
		s := w.text("+1202555020"+string(rune('0'+n)), "SM2"+string(rune('0'+n)), late)
		if minutes > 0 {
			w.wrote(s, "advisor", late.Add(time.Duration(minutes)*time.Minute))
		}
	}
	_, err = w.db.Exec(`update decisions set facts = '{"open": false}' where at > $1 and event_kind = 'message'`, late)
	require.NoError(t, err)
	_, err = w.db.Exec(`
		insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, answer, asked_at, answered_at, expires_at)
		select $1, gen_random_uuid(), $2, gen_random_uuid(), gen_random_uuid(), 'rating', 'answered', decode(md5(n::text), 'hex'),
			json_build_object('score', n), $3::timestamptz, $3::timestamptz, $3::timestamptz from generate_series(4, 5) n`, w.team.CompanyID, w.team.ID, late)
	require.NoError(t, err)

	found := w.Must(http.StatusOK, "GET", w.path+"/report?from=2026-06-01&to=2026-06-07", nil)
	require.Equal(t, "America/Chicago", found["time_zone"])
	days := found["periods"].([]any)
	require.Len(t, days, 7)
	require.Equal(t, object{
		"from": "2026-06-01", "to": "2026-06-01", "calls": 1.0, "missed": 1.0, "voicemails": 0.0, "texted": 1.0, "replied": 1.0, "recovered": 1.0,
		"texts_after_hours": 0.0, "tickets": 0.0, "tickets_answered": 0.0, "first_answer_seconds": nil, "ratings": 0.0, "rating": nil,
	}, days[0])
	require.Equal(t, object{
		"from": "2026-06-03", "to": "2026-06-03", "calls": 3.0, "missed": 2.0, "voicemails": 1.0, "texted": 0.0, "replied": 0.0, "recovered": 1.0,
		"texts_after_hours": 4.0, "tickets": 4.0, "tickets_answered": 3.0, "first_answer_seconds": 300.0, "ratings": 2.0, "rating": 4.5,
	}, days[2])
	require.Equal(t, object{
		"calls": 5.0, "missed": 3.0, "voicemails": 1.0, "texted": 1.0, "replied": 1.0, "recovered": 2.0,
		"texts_after_hours": 4.0, "tickets": 4.0, "tickets_answered": 3.0, "first_answer_seconds": 300.0, "ratings": 2.0, "rating": 4.5,
	}, found["total"])
	lines := strings.Split(w.Do("GET", w.path+"/report.csv?from=2026-06-01&to=2026-06-07", nil).Text, "\r\n")
	require.Len(t, lines, 10)
	require.Equal(t, "2026-06-03,2026-06-03,3,2,1,0,0,1,4,4,3,300,2,4.5", lines[3])
	require.Equal(t, "total,,5,3,1,1,1,2,4,4,3,300,2,4.5", lines[8])
	require.Equal(t, strings.Join(lines, "\r\n"), w.Do("GET", w.path+"/report?from=2026-06-01&to=2026-06-07", nil, "Accept", "text/csv").Text)
}

// TestTheDaysOfAReport: what is left out is chosen, and periods end with the
// range.
func TestTheDaysOfAReport(t *testing.T) {
	w := newInbox(t)
	for query, want := range map[string]string{
		"":                                        "2026-06-01 2026-06-01 day 1 2026-06-01", // noon on the clock is the first
		"?from=2026-05-30":                        "2026-05-30 2026-06-01 day 3 2026-05-30",
		"?to=2026-02-10":                          "2026-02-01 2026-02-10 day 10 2026-02-01",
		"?from=2026-06-05":                        "2026-06-05 2026-06-05 day 1 2026-06-05",
		"?from=2026-03-01&to=2026-03-31":          "2026-03-01 2026-03-31 day 31 2026-03-01",
		"?from=2026-03-01&to=2026-04-01":          "2026-03-01 2026-04-01 week 6 2026-03-02", // a Sunday alone
		"?from=2025-06-10&to=2026-06-01":          "2025-06-10 2026-06-01 month 13 2025-07-01",
		"?from=2026-05-20&to=2026-06-01&by=month": "2026-05-20 2026-06-01 month 2 2026-06-01",
	} {
		found := w.Must(http.StatusOK, "GET", w.path+"/report"+query, nil)
		periods := found["periods"].([]any)
		second := periods[min(1, len(periods)-1)].(object)
		if found["by"] == "day" {
			second = periods[0].(object)
		}
		require.Equal(t, want, fmt.Sprint(found["from"], " ", found["to"], " ", found["by"], " ", len(periods), " ", second["from"]), query)
		require.Equal(t, found["to"], periods[len(periods)-1].(object)["to"], query)
	}
	for query, field := range map[string]string{
		"?from=monday": "from", "?from=2026-13-01": "from", "?from=0001-01-01": "from", "?from=2026-06-01T00:00:00Z": "from",
		"?from=2026-06-01&to=yesterday": "to", "?from=2026-06-02&to=2026-06-01": "to", "?from=2025-05-31&to=2026-06-01": "to", "?by=year": "by",
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/report"+query, nil), field, query)
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/report.csv"+query, nil), field, query)
	}
	both := w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/report?from=monday&to=friday", nil)
	require.Contains(t, both, "from")
	require.Contains(t, both, "to", "both are named at once")
	w.Refused(http.StatusNotFound, "GET", strings.Replace(w.path, w.team.ID, newID(), 1)+"/report", nil)
}

// TestWhatEachMessageCameTo counts answers on pages and in texts, and what the
// texts cost.
func TestWhatEachMessageCameTo(t *testing.T) {
	w := newInbox(t)
	at := time.Date(2026, 6, 1, 14, 0, 0, 0, time.UTC)
	sent := func(s story, automation string, segments int) {
		_, err := w.db.Exec(`
			with d as (insert into deliveries (company_id, id, team_id, contact_id, sender_id, kind, account, from_address, to_address, text, state, segments)
				values ($1, gen_random_uuid(), $2, $3, $4, 'sms', '', '', '', '', 'delivered', $5) returning id)
			insert into decisions (company_id, id, team_id, contact_id, ticket_id, event_id, event_kind, provider_id, automation, outcome, reason, facts, at, delivery_id)
			select $1, gen_random_uuid(), $2, $3, $6, gen_random_uuid(), 'request', gen_random_uuid()::text, $7, 'sent', 'sent', '{}', $8, d.id from d`,
			w.team.CompanyID, w.team.ID, s.contact, w.sender.ID, segments, s.ticket, automation, at)
		require.NoError(t, err)
	}
	ago := at.AddDate(0, 0, -40)
	anna, ben := w.text(customer, "SM1", ago), w.text("+12025550101", "SM2", ago)
	sent(anna, "customer_call_missed", 1)
	sent(ben, "customer_call_missed", 2)
	sent(ben, "capture_advisor_rating", 1)
	w.wrote(anna, "customer", at.Add(time.Hour))
	_, err := w.db.Exec(`
		insert into requests (company_id, id, team_id, contact_id, ticket_id, kind, state, token_hash, answer, asked_at, answered_at, expires_at)
		values ($1, gen_random_uuid(), $2, $3, $4, 'rating', 'answered', '', '{"score": 5}', $5, $5::timestamptz + interval '1 hour', $5)`,
		w.team.CompanyID, w.team.ID, ben.contact, ben.ticket, at)
	require.NoError(t, err)
	_, err = w.db.Exec(`insert into consents (company_id, id, team_id, contact_id, opted_out, source, words, at)
		values ($1, gen_random_uuid(), $2, $3, true, 'message', 'STOP', $4)`, w.team.CompanyID, w.team.ID, ben.contact, at.Add(2*time.Hour))
	require.NoError(t, err)

	of := func(key string) object {
		for _, one := range w.Must(http.StatusOK, "GET", w.path+"/report?from=2026-06-01", nil)["automations"].([]any) {
			if one.(object)["automation"] == key {
				return one.(object)
			}
		}
		return nil
	}
	require.Equal(t, object{"automation": "customer_call_missed", "sent": 2.0, "answered": 1.0, "opted_out": 1.0, "segments": 3.0}, of("customer_call_missed"))
	require.Equal(t, object{"automation": "capture_advisor_rating", "sent": 1.0, "answered": 1.0, "opted_out": 1.0, "segments": 1.0}, of("capture_advisor_rating"))
	require.Equal(t, object{"automation": "after_hours_text", "sent": 0.0, "answered": 0.0, "opted_out": 0.0, "segments": 0.0}, of("after_hours_text"))

	w.Must(http.StatusOK, "PATCH", "/company", object{"segment_price": 0.0079, "currency": "USD"})
	require.InDelta(t, 0.0237, of("customer_call_missed")["cost"], 1e-9)
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", "/company", object{"currency": "XXX"}), "currency")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", "/company", object{"currency": ""}), "currency")
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", "/company", object{"segment_price": -1}), "segment_price")
}
