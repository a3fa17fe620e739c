package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/settings"
)

// TestANoteIsForTheStaff: it stands on the timeline, tells whom it names, and nothing
// of it goes to a customer or to other systems.
func TestANoteIsForTheStaff(t *testing.T) {
	w := newInbox(t)
	s := w.text(customer, "SM1", noon)
	w.exec(`insert into hooks (company_id, id, url, secret, kinds) select $1, gen_random_uuid(), 'https://example.com', '', array_agg(distinct k)
		from unnest(array['message.sent', 'message.received', 'ticket.changed', 'ticket.opened']) k`, w.team.CompanyID)
	ann := settings.NewMember()
	ann.Name, ann.Email, ann.Role, ann.Teams = "Ann Lee", "ann@example.com", settings.RoleAdvisor, []string{w.team.ID}
	ann, err := settings.CreateMember(t.Context(), w.db, w.team.CompanyID, "test", ann)
	require.NoError(t, err)
	far := settings.NewMember()
	far.Name, far.Email, far.Role, far.Teams = "Zed", "zed@example.com", settings.RoleAdvisor, []string{w.otherTeam()}
	_, err = settings.CreateMember(t.Context(), w.db, w.team.CompanyID, "test", far)
	require.NoError(t, err)

	path := w.path + "/tickets/" + s.ticket
	note := object{"text": "@Ann Lee knows him, @zed does not"}
	made := w.Must(http.StatusCreated, "POST", path+"/notes", note, "Idempotency-Key", "a")
	require.Equal(t, made, w.Must(http.StatusCreated, "POST", path+"/notes", note, "Idempotency-Key", "a"))
	require.Equal(t, []any{ann.ID}, made["mentioned"], "who cannot see the ticket is told nothing")
	timeline := w.Must(http.StatusOK, "GET", path, nil)["timeline"].([]any)
	last := timeline[len(timeline)-1].(object)
	for n := range timeline { // the story's messages are seconds younger
		if e := timeline[n].(object); e["type"] == "note" {
			last = e
		}
	}
	require.Equal(t, []any{"note", note["text"], "bootstrap key", made["id"]}, []any{last["type"], last["text"], last["who"], last["id"]})

	var told struct {
		Notices, Deliveries, Hooks, Messages int
		Kind                                 string
		Staff                                string `db:"staff_id"`
	}
	require.NoError(t, w.db.Get(&told, `select (select count(*) from notices) as notices, (select count(*) from deliveries) as deliveries,
		(select count(*) from hook_deliveries) as hooks, (select count(*) from messages) as messages, kind, staff_id from notices`))
	require.Equal(t, []any{1, 1, 0, 2, "mention", ann.ID}, []any{told.Notices, told.Deliveries, told.Hooks, told.Messages, told.Kind, told.Staff})

	require.Equal(t, "text: empty", w.refusedFor(http.StatusUnprocessableEntity, "POST", path+"/notes", object{"text": " \n"}))
	require.Equal(t, "text: too_long", w.refusedFor(http.StatusUnprocessableEntity, "POST", path+"/notes", object{"text": strings.Repeat("a", 4001)}))
	w.Refused(http.StatusNotFound, "POST", w.path+"/tickets/"+nobody+"/notes", note)
	w.Refused(http.StatusNotFound, "POST", "/teams/"+w.otherTeam()+"/tickets/"+s.ticket+"/notes", note)
}

// otherTeam is another team of the company.
func (w inboxWorld) otherTeam() string {
	w.t.Helper()
	team := settings.NewTeam()
	team.Name, team.TimeZone = "Sales", "America/Chicago"
	team, err := settings.CreateTeam(w.t.Context(), w.db, w.team.CompanyID, "test", team)
	require.NoError(w.t, err)
	return team.ID
}

// TestAMessageForLater: planned, seen, and taken back.
func TestAMessageForLater(t *testing.T) {
	w := newInbox(t)
	path := w.path + "/tickets/" + w.text(customer, "SM1", noon).ticket
	made := w.Must(http.StatusCreated, "POST", path+"/messages", object{"text": "Tomorrow", "send_at": "2026-06-02T08:00:00-05:00"}, "Idempotency-Key", "a")
	require.Equal(t, []any{"planned", "2026-06-02T13:00:00Z", ""}, []any{made["state"], made["send_at"], made["delivery"]})
	require.Equal(t, made, w.Must(http.StatusCreated, "POST", path+"/messages", object{"text": "Tomorrow", "send_at": "2026-06-02T08:00:00-05:00"}, "Idempotency-Key", "a"))
	cancel := w.path + "/messages/" + made["id"].(string) + "/cancel"
	w.Must(http.StatusNoContent, "POST", cancel, nil)
	require.Equal(t, "state: not_planned", w.refusedFor(http.StatusConflict, "POST", cancel, nil))
	w.Refused(http.StatusNotFound, "POST", w.path+"/messages/"+nobody+"/cancel", nil)
	w.Refused(http.StatusNotFound, "POST", w.path+"/messages/x/cancel", nil)
	w.Refused(http.StatusNotFound, "POST", "/teams/"+w.otherTeam()+"/messages/"+made["id"].(string)+"/cancel", nil)
	timeline := w.Must(http.StatusOK, "GET", path, nil)["timeline"].([]any)
	require.Contains(t, []any{timeline[0].(object)["state"], timeline[len(timeline)-1].(object)["state"], timeline[1].(object)["state"]}, "canceled")
	require.Equal(t, "send_at: send_past", w.refusedFor(http.StatusUnprocessableEntity, "POST", path+"/messages", object{"text": "Tomorrow", "send_at": "2026-05-01T08:00:00Z"}))
	w.Refused(http.StatusUnprocessableEntity, "POST", path+"/messages", object{"text": "Tomorrow", "send_at": "tomorrow"})
	w.Refused(http.StatusUnprocessableEntity, "POST", path+"/messages", object{"attachments": []string{}})
}
