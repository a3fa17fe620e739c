package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/gateway/contacts"
)

func (w inboxWorld) requests(ticket string) []object {
	w.t.Helper()
	var all []object
	for _, item := range w.Must(http.StatusOK, "GET", w.path+"/tickets/"+ticket, nil)["requests"].([]any) {
		all = append(all, item.(object))
	}
	return all
}

func TestRequestIsMadeOnce(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	ann := w.advisor("Ann", w.team.ID)
	w.Must(http.StatusOK, "PATCH", w.path+"/tickets/"+s.ticket, object{"assignee": ann})
	path := w.path + "/tickets/" + s.ticket + "/requests"
	body := object{"kind": "approval", "message": "Replace the pump?", "description": "Two hours"}
	made := w.Must(http.StatusCreated, "POST", path, body, "Idempotency-Key", "k")
	require.Equal(t, []any{"approval", "open", "2026-06-08T12:00:00Z"}, []any{made["kind"], made["state"], made["expires_at"]})
	require.Regexp(t, `^https://ringback\.example/r/[A-Za-z0-9_-]{22}$`, made["url"])
	for range 2 {
		require.Equal(t, made, w.Must(http.StatusCreated, "POST", path, body, "Idempotency-Key", "k"))
	}
	body["message"] = "Something else?"
	require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, body, "Idempotency-Key", "k"), "Idempotency-Key")

	all := w.requests(s.ticket)
	require.Len(t, all, 1)
	for field, want := range map[string]any{
		"id": made["id"], "kind": "approval", "state": "open", "answer": nil, "message": "Replace the pump?", "description": "Two hours",
		"advisor": ann, "who": "bootstrap key", "asked_at": "2026-06-01T12:00:00Z", "seen_at": nil,
	} {
		require.Equal(t, want, all[0][field], field)
	}
	token := strings.TrimPrefix(made["url"].(string), "https://ringback.example/r/")
	var kept int
	require.NoError(t, w.db.Get(&kept, `select count(*) from requests r where to_jsonb(r)::text like '%' || $1 || '%'`, token))
	require.Zero(t, kept, "the token is kept as its hash alone")
	require.NoError(t, w.db.Get(&kept, `select count(*) from idempotency_keys k where k.answer::text like '%' || $1 || '%'`, token))
	require.Zero(t, kept)
	require.NoError(t, w.db.Get(&kept, `select count(*) from events where kind = 'request'`))
	require.Equal(t, 1, kept)
	require.NoError(t, w.db.Get(&kept, `select count(*) from events e where e.payload::text like '%' || $1 || '%'`, token))
	require.Zero(t, kept, "the event that sends it has a placeholder")
}

func TestManyAskAtOnceForTheSame(t *testing.T) {
	w := newInbox(t)
	path := w.path + "/tickets/" + w.text(customer, "SM1", noon).ticket + "/requests"
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for n := range statuses {
		all.Go(func() {
			statuses[n] = w.Do("POST", path, object{"kind": "payment", "amount": 100, "currency": "usd"}).Status
		})
	}
	all.Wait()
	made := 0
	for _, status := range statuses {
		if status == http.StatusCreated {
			made++
		} else {
			require.Equal(t, http.StatusConflict, status)
		}
	}
	require.Equal(t, 1, made)
	a := w.Do("POST", path, object{"kind": "payment", "amount": "1.00", "currency": "USD"})
	require.Equal(t, http.StatusConflict, a.Status, "the same amount, written otherwise")
	require.Equal(t, "already_open", a.JSON["type"])
	require.Contains(t, a.Text, "7 d 0 h left")
	w.Must(http.StatusCreated, "POST", path, object{"kind": "payment", "amount": 101, "currency": "USD"})
	w.Must(http.StatusCreated, "POST", path, object{"kind": "payment", "amount": 100, "currency": "EUR"})
	w.Must(http.StatusCreated, "POST", path, object{"kind": "payment", "amount": 100, "currency": "USD", "description": "the hose"})
}

func TestRequestThatCannotBe(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	path := w.path + "/tickets/" + s.ticket + "/requests"
	pay := func(amount, currency any) object {
		return object{"kind": "payment", "amount": amount, "currency": currency}
	}
	for _, bad := range []struct {
		field string
		body  any
	}{
		{"kind", object{}},
		{"kind", object{"kind": "voicehub"}},
		{"kind", object{"kind": nil}},
		{"message", object{"kind": "approval", "message": strings.Repeat("x", 1001)}},
		{"message", object{"kind": "approval", "message": "Hello {{nobody}}"}},
		{"message", object{"kind": "approval", "message": 5}},
		{"description", object{"kind": "approval", "description": strings.Repeat("x", 501)}},
		{"attachments[0]", object{"kind": "approval", "attachments": []string{nobody}}},
		{"amount", object{"kind": "approval", "amount": 5}},
		{"currency", object{"kind": "rating", "currency": "USD"}},
		{"amount", object{"kind": "payment", "currency": "USD"}},
		{"currency", object{"kind": "payment", "amount": 5}},
		{"amount", pay(0, "USD")},
		{"amount", pay(-5, "USD")},
		{"amount", pay("-5", "USD")},
		{"amount", pay(1.5, "USD")},
		{"amount", pay("1.005", "USD")},
		{"amount", pay(1e19, "USD")},
		{"amount", pay("9999999999999999999", "USD")},
		{"amount", pay("12.50", "JPY")},
		{"amount", pay("much", "USD")},
		{"amount", pay(true, "USD")},
		{"amount", pay(object{}, "USD")},
		{"amount", pay(0, "ZZZ")},
		{"currency", pay(5, "ZZZ")},
		{"currency", pay(5, "dollars")},
		{"colour", object{"kind": "approval", "colour": "red"}},
	} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", path, bad.body), bad.field, bad.body)
	}
	w.Refused(http.StatusNotFound, "POST", w.path+"/tickets/"+nobody+"/requests", object{"kind": "rating"})
	other, _ := makeTeam(t, w.db, w.team.CompanyID, "+12025550119")
	w.Refused(http.StatusNotFound, "POST", "/teams/"+other.ID+"/tickets/"+s.ticket+"/requests", object{"kind": "rating"})
	w.Refused(http.StatusNotFound, "POST", "/teams/"+other.ID+"/contacts/"+s.contact+"/share-voicehub", nil)
	w.Refused(http.StatusNotFound, "POST", w.path+"/contacts/"+nobody+"/share-voicehub", nil)
	require.Empty(t, w.requests(s.ticket))

	stop := contacts.Consent{CompanyID: w.team.CompanyID, TeamID: w.team.ID, ContactID: s.contact, OptedOut: true, Source: "message", Words: "STOP", At: noon}
	require.NoError(t, stop.Record(t.Context(), w.db))
	for _, refused := range []string{path, w.path + "/contacts/" + s.contact + "/share-voicehub"} {
		body := any(nil)
		if refused == path {
			body = object{"kind": "rating"}
		}
		a := w.Do("POST", refused, body)
		require.Equal(t, http.StatusConflict, a.Status, a.Text)
		require.Equal(t, "opted_out", a.JSON["type"])
	}
	var raised int
	require.NoError(t, w.db.Get(&raised, `select count(*) from events`))
	require.Zero(t, raised)
}

func TestContactPageIsSharedOnceAKey(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	path := w.path + "/contacts/" + s.contact + "/share-voicehub"
	made := w.Must(http.StatusCreated, "POST", path, nil, "Idempotency-Key", "k")
	require.Equal(t, "https://ringback.example/c/"+w.team.ID, made["url"])
	require.Equal(t, made, w.Must(http.StatusCreated, "POST", path, nil, "Idempotency-Key", "k"))
	require.NotEqual(t, made, w.Must(http.StatusCreated, "POST", path, nil))
	var raised int
	require.NoError(t, w.db.Get(&raised, `select count(*) from events where kind = 'share'`))
	require.Equal(t, 2, raised)
}

func TestWhatIsTakenBack(t *testing.T) {
	w := newInbox(t)
	ticket := w.text(customer, "SM1", noon).ticket
	ask := func(message string) string {
		return w.Must(http.StatusCreated, "POST", w.path+"/tickets/"+ticket+"/requests", object{"kind": "approval", "message": message})["id"].(string)
	}
	cancel := func(id string) string { return w.path + "/requests/" + id + "/cancel" }
	first := ask("A new pump?")
	for range 2 {
		require.Equal(t, "cancelled", w.Must(http.StatusOK, "POST", cancel(first), nil)["state"])
	}
	var lines []string
	require.NoError(t, w.db.Select(&lines, `select change || ' ' || who from ticket_changes where request_id = $1 order by id`, first))
	require.Equal(t, []string{"asked bootstrap key", "cancelled bootstrap key"}, lines)
	second := ask("A new pump?")
	require.NotEqual(t, first, second, "what was taken back can be asked again")

	for state, detail := range map[string]string{"answered": "answered already", "expired": "no longer works"} {
		_, err := w.db.Exec(`update requests set state = $2 where id = $1`, second, state)
		require.NoError(t, err)
		require.Contains(t, w.Refused(http.StatusConflict, "POST", cancel(second), nil)["state"], detail)
	}
	w.Refused(http.StatusNotFound, "POST", cancel(nobody), nil)
	w.Refused(http.StatusNotFound, "POST", cancel("x"), nil)
}
