package api_test

import (
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

func TestAWeek(t *testing.T) {
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

	found := w.Must(http.StatusOK, "GET", w.path+"/week?from=2026-06-01", nil)
	require.Equal(t, "America/Chicago", found["time_zone"])
	days := found["days"].([]any)
	require.Len(t, days, 7)
	require.Equal(t, object{
		"date": "2026-06-01", "calls": 1.0, "missed": 1.0, "voicemails": 0.0, "texted": 1.0, "replied": 1.0, "recovered": 1.0,
		"texts_after_hours": 0.0, "tickets": 0.0, "tickets_answered": 0.0, "first_answer_seconds": nil, "ratings": 0.0, "rating": nil,
	}, days[0])
	require.Equal(t, object{
		"date": "2026-06-03", "calls": 3.0, "missed": 2.0, "voicemails": 1.0, "texted": 0.0, "replied": 0.0, "recovered": 1.0,
		"texts_after_hours": 4.0, "tickets": 4.0, "tickets_answered": 3.0, "first_answer_seconds": 300.0, "ratings": 2.0, "rating": 4.5,
	}, days[2])
	require.Equal(t, object{
		"calls": 5.0, "missed": 3.0, "voicemails": 1.0, "texted": 1.0, "replied": 1.0, "recovered": 2.0,
		"texts_after_hours": 4.0, "tickets": 4.0, "tickets_answered": 3.0, "first_answer_seconds": 300.0, "ratings": 2.0, "rating": 4.5,
	}, found["total"])
	require.Equal(t, "2026-06-01", w.Must(http.StatusOK, "GET", w.path+"/week", nil)["from"], "noon on the clock is a Monday")

	lines := strings.Split(w.Do("GET", w.path+"/week.csv?from=2026-06-01", nil).Text, "\r\n")
	require.Len(t, lines, 10)
	require.Equal(t, "2026-06-03,3,2,1,0,0,1,4,4,3,300,2,4.5", lines[3])
	require.Equal(t, "total,5,3,1,1,1,2,4,4,3,300,2,4.5", lines[8])
	for _, from := range []string{"monday", "2026-13-01", "0001-01-01", "2026-06-01T00:00:00Z"} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "GET", w.path+"/week?from="+from, nil), "from")
	}
}
