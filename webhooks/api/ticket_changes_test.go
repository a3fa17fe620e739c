package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
	"ringback/settings"
	"ringback/webhooks/api/apitest"
)

func (w inboxWorld) advisor(name string, teams ...string) string {
	w.t.Helper()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = name, strings.ToLower(name)+"@example.com", settings.RoleAdvisor, teams
	m, err := settings.CreateMember(w.t.Context(), w.db, w.team.CompanyID, "test", m)
	require.NoError(w.t, err)
	return m.ID
}

// changes is what a ticket's timeline says of its changes.
func (w inboxWorld) changes(ticket string) []string {
	w.t.Helper()
	var words []string
	for _, item := range w.Must(http.StatusOK, "GET", w.path+"/tickets/"+ticket, nil)["timeline"].([]any) {
		if e := item.(object); e["type"] == "change" {
			who, _ := e["author"].(string)
			detail, _ := e["detail"].(string)
			words = append(words, strings.TrimSpace(strings.Join([]string{e["change"].(string), who, detail}, " ")))
		}
	}
	return words
}

func TestTicketIsChangedWithWho(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	ann := w.advisor("Ann", w.team.ID)
	path := w.path + "/tickets/" + s.ticket
	for _, step := range []struct {
		body                   object
		status                 string
		resolved, assignee     any
		doneAt, closedAt, line bool
	}{
		{object{"assignee": ann}, "open", nil, ann, false, false, true},
		{object{"status": "done"}, "done", nil, ann, true, false, true},
		{object{"status": "done"}, "done", nil, ann, true, false, false},
		{object{"status": "open", "assignee": nil}, "open", nil, nil, false, false, true},
		{object{"status": "closed"}, "closed", true, nil, false, true, true},
		{object{"status": "open"}, "open", nil, nil, false, false, true},
		{object{"status": "closed", "resolved": false}, "closed", false, nil, false, true, true},
		{object{}, "closed", false, nil, false, true, false},
	} {
		before := w.changes(s.ticket)
		got := w.Must(http.StatusOK, "PATCH", path, step.body)
		require.Equal(t, step.status, got["status"], step.body)
		require.Equal(t, step.resolved, got["resolved"], step.body)
		require.Equal(t, step.assignee, got["assignee"], step.body)
		require.Equal(t, step.doneAt, got["done_at"] != nil, step.body)
		require.Equal(t, step.closedAt, got["closed_at"] != nil, step.body)
		require.Equal(t, step.line, len(w.changes(s.ticket)) > len(before), step.body)
	}
	require.Equal(t, []string{
		"opened", "assigned bootstrap key " + ann, "done bootstrap key", "assigned bootstrap key", "reopened bootstrap key",
		"closed bootstrap key", "reopened bootstrap key", "closed bootstrap key",
	}, w.changes(s.ticket))
}

func TestTicketKeepsWhatCannotBe(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	path := w.path + "/tickets/" + s.ticket
	gone := w.advisor("Gone", w.team.ID)
	_, err := settings.ChangeMember(t.Context(), w.db, w.team.CompanyID, "test", gone, func(m *settings.Member) error {
		m.Active = false
		return nil
	})
	require.NoError(t, err)
	for _, bad := range []struct {
		field string
		body  any
	}{
		{"assignee", object{"assignee": nobody}},
		{"assignee", object{"assignee": gone}},
		{"assignee", object{"assignee": w.advisor("Elsewhere")}},
		{"assignee", object{"assignee": "Ann"}},
		{"status", object{"status": "lost"}},
		{"status", object{"status": nil}},
		{"resolved", object{"status": "done", "resolved": true}},
		{"resolved", object{"resolved": false}},
		{"colour", object{"colour": "red"}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "PATCH", path, bad.body), bad.field, bad.body)
	}
	require.Equal(t, []string{"opened"}, w.changes(s.ticket))
	w.Refused(http.StatusNotFound, "PATCH", w.path+"/tickets/"+nobody, object{"status": "done"})
	w.Refused(http.StatusNotFound, "POST", w.path+"/tickets/"+nobody+"/messages", object{"text": "hello"})
	other, _ := makeTeam(t, w.db, w.team.CompanyID, "+12025550119")
	w.Refused(http.StatusNotFound, "PATCH", "/teams/"+other.ID+"/tickets/"+s.ticket, object{"status": "done"})
	w.Refused(http.StatusNotFound, "POST", "/teams/"+other.ID+"/tickets/"+s.ticket+"/messages", object{"text": "hello"})
}

func TestStaleTicketIsRefused(t *testing.T) {
	w := newInbox(t)
	path := w.path + "/tickets/" + w.text(customer, "SM1", noon).ticket
	tag := w.Do("GET", path, nil).Header.Get("ETag")
	require.NotEmpty(t, tag)
	w.Must(http.StatusCreated, "POST", path+"/messages", object{"text": "one moment"})
	first := w.Do("PATCH", path, object{"status": "done"}, "If-Match", tag)
	require.Equal(t, http.StatusOK, first.Status, first.Text)
	w.Refused(http.StatusPreconditionFailed, "PATCH", path, object{"status": "open"}, "If-Match", tag)
	w.Refused(http.StatusPreconditionFailed, "PATCH", path, object{"status": "open"}, "If-Match", "W/"+first.Header.Get("ETag"))
	w.Must(http.StatusOK, "PATCH", path, object{"status": "open"}, "If-Match", `"x", `+first.Header.Get("ETag"))
	w.Must(http.StatusOK, "PATCH", path, object{"status": "closed"}, "If-Match", "*")
}

func TestAdvisorWrites(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	path := w.path + "/tickets/" + s.ticket
	made := w.Must(http.StatusCreated, "POST", path+"/messages", object{"text": "Zażółć – I'll call you"}, "Idempotency-Key", "a")
	require.Equal(t, "Zazolc - I'll call you", made["text"], "an SMS in plain letters")
	for range 2 {
		again := w.Must(http.StatusCreated, "POST", path+"/messages", object{"text": "Zażółć – I'll call you"}, "Idempotency-Key", "a")
		require.Equal(t, made, again)
	}
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path+"/messages", object{"text": "another"}, "Idempotency-Key", "a"), "Idempotency-Key")
	sent := w.delivery(made["delivery"].(string))
	require.Equal(t, []any{"queued", customer, w.sender.ID, s.ticket, nil}, []any{sent["state"], sent["to"], sent["sender"], sent["ticket"], sent["decision"]})
	require.Len(t, w.ids("/deliveries"), 2, "the automation's and this one")

	var last object
	for _, item := range w.Must(http.StatusOK, "GET", path, nil)["timeline"].([]any) {
		if e := item.(object); e["id"] == made["id"] {
			last = e
		}
	}
	for field, want := range map[string]any{
		"author": "advisor", "who": "bootstrap key", "text": made["text"], "state": "queued", "delivery": made["delivery"],
	} {
		require.Equal(t, want, last[field], field)
	}
	var spoke time.Time
	require.NoError(t, w.db.Get(&spoke, `select advisor_at from standings where contact_id = $1`, s.contact))
	require.True(t, noon.Equal(spoke))
	var never bool
	require.NoError(t, w.db.Get(&never, `select expires_at is null from deliveries where id = $1`, made["delivery"]))
	require.True(t, never, "an advisor's words do not go stale")
	var decided int
	require.NoError(t, w.db.Get(&decided, `select count(*) from decisions where delivery_id = $1`, made["delivery"]))
	require.Zero(t, decided, "it is nobody's decision but the advisor's, and counts to no budget")
}

func (w inboxWorld) delivery(id string) map[string]any {
	w.t.Helper()
	for _, item := range w.Must(http.StatusOK, "GET", "/deliveries", nil)["items"].([]any) {
		if d := item.(object); d["id"] == id {
			return d
		}
	}
	require.Fail(w.t, "no such delivery")
	return nil
}

func TestOneKeyIsOneMessageHoweverManyAsk(t *testing.T) {
	w := newInbox(t)
	path := w.path + "/tickets/" + w.text(customer, "SM1", noon).ticket + "/messages"
	answers := make([]string, 8)
	var all sync.WaitGroup
	for n := range answers {
		all.Go(func() {
			answers[n] = w.Do("POST", path, object{"text": "hello"}, "Idempotency-Key", "once").Text
		})
	}
	all.Wait()
	for _, answer := range answers {
		require.Equal(t, answers[0], answer)
	}
	require.Len(t, w.ids("/deliveries"), 2)
}

func TestAdvisorsWordsThatCannotGoOut(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	path := w.path + "/tickets/" + s.ticket + "/messages"
	for _, bad := range []any{object{"text": ""}, object{"text": " \n "}, object{"text": strings.Repeat("x", 1601)}, object{"text": 5}, object{}} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, bad), "text", bad)
	}
	w.Refused(http.StatusUnprocessableEntity, "POST", path, object{"text": "nul \x00"})
	for _, sender := range []string{w.sender.ID, ""} {
		stop := contacts.Consent{
			CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, SenderID: sender,
			OptedOut: true, Source: "message", Words: "STOP", At: noon,
		}
		require.NoError(t, stop.Record(t.Context(), w.db))
		a := w.Do("POST", path, object{"text": "hello"})
		require.Equal(t, http.StatusConflict, a.Status, a.Text)
		require.Equal(t, "opted_out", a.JSON["type"])
	}
	start := contacts.Consent{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, Source: "message", Words: "START", At: noon}
	require.NoError(t, start.Record(t.Context(), w.db))
	w.Must(http.StatusCreated, "POST", path, object{"text": "hello"})
	w.Must(http.StatusNoContent, "DELETE", w.path+"/senders/"+w.sender.ID, nil)
	a := w.Do("POST", path, object{"text": "hello"})
	require.Equal(t, http.StatusConflict, a.Status, a.Text)
	require.Equal(t, "no_sender", a.JSON["type"])
	require.Len(t, w.ids("/deliveries"), 2)
}

// A ticket that began with a call is answered by text, from the number that
// was called if it takes texts.
func TestAdvisorAnswersACallByText(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	w.db.MustExec(`delete from messages`)
	voice := uuid.NewString()
	w.db.MustExec(`insert into senders (company_id, team_id, id, kind, address) values ($1, $2, $3, 'voice', $4)`, w.team.CompanyID, w.team.ID, voice, ours)
	w.db.MustExec(`update teams set version = version + 1`)
	w.db.MustExec(`insert into calls (company_id, id, sid, team_id, sender_id, caller, contact_id, ticket_id, started_at)
		values ($1, gen_random_uuid(), 'CA1', $2, $3, '+12025550177', $4, $5, now())`, w.team.CompanyID, w.team.ID, voice, s.contact, s.ticket)
	made := w.Must(http.StatusCreated, "POST", w.path+"/tickets/"+s.ticket+"/messages", object{"text": "you called"})
	sent := w.delivery(made["delivery"].(string))
	require.Equal(t, []any{"+12025550177", w.sender.ID}, []any{sent["to"], sent["sender"]})
}

func TestSeveralTicketsAreChangedAtOnce(t *testing.T) {
	w := newInbox(t)
	first, second := w.text(customer, "SM1", noon), w.text("+12025550101", "SM2", noon)
	path := w.path + "/tickets/changes"
	answer := apitest.Items(w.Must(http.StatusOK, "POST", path, object{"tickets": []string{first.ticket, "x", second.ticket}, "change": object{"status": "closed", "resolved": false}}))
	require.Equal(t, "closed", answer[0]["ticket"].(object)["status"])
	require.Nil(t, answer[0]["problem"])
	require.Nil(t, answer[1]["ticket"])
	require.EqualValues(t, http.StatusNotFound, answer[1]["problem"].(object)["status"])
	require.Equal(t, "closed", answer[2]["ticket"].(object)["status"])
	answer = apitest.Items(w.Must(http.StatusOK, "POST", path, object{"tickets": []string{first.ticket}, "change": object{"status": "closed", "snoozed_until": "2026-06-02T12:00:00Z"}}))
	require.EqualValues(t, http.StatusUnprocessableEntity, answer[0]["problem"].(object)["status"])
	for field, body := range map[string]object{
		"tickets":       {"tickets": []string{}, "change": object{"status": "closed"}},
		"change":        {"tickets": []string{first.ticket}},
		"change.status": {"tickets": []string{first.ticket}, "change": object{"status": "lost"}},
		"change.colour": {"tickets": []string{first.ticket}, "change": object{"colour": "red"}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, body), field)
	}

	label := w.Must(http.StatusCreated, "POST", w.path+"/labels", object{"name": "Warranty"})
	id := label["id"].(string)
	require.Contains(t, w.Refused(http.StatusConflict, "POST", w.path+"/labels", object{"name": "warranty"}), "name")
	require.Equal(t, []any{label}, w.Must(http.StatusOK, "POST", w.path+"/tickets/"+first.ticket+"/labels", object{"add": []string{id}})["labels"])
	require.Equal(t, []string{first.ticket}, w.ids(w.path+"/tickets?label="+id))
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.path+"/tickets/"+first.ticket+"/labels", object{"remove": []string{"x"}}), "remove[0]")
	w.Must(http.StatusNoContent, "DELETE", w.path+"/labels/"+id, nil)
	require.Equal(t, []string{}, w.ids(w.path+"/labels"))
}
