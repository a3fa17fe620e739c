package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/webhooks/api/apitest"
)

func (w world) newest() object {
	w.T.Helper()
	return apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history?limit=1", nil))[0]
}

// restored takes a change back and returns its line of history.
func (w world) restored(change object) object {
	w.T.Helper()
	return w.Must(http.StatusOK, "POST", w.team+"/history/"+change["id"].(string)+"/restore", nil)
}

func TestAChangeIsTakenBack(t *testing.T) {
	w := newWorld(t)
	was := w.Must(http.StatusOK, "GET", w.team, nil)
	w.Must(http.StatusOK, "PATCH", w.team, object{"display_name": "New", "allowed_countries": []string{"US"}, "voice": object{"greeting": object{"text": "Hello"}}})
	change := w.newest()
	back := w.restored(change)
	require.Equal(t, back, w.newest(), "it is a change like any other")
	require.Equal(t, "bootstrap key", back["who"])
	require.Equal(t, change["before"], back["after"])
	is := w.Must(http.StatusOK, "GET", w.team, nil)
	delete(was, "updated_at")
	delete(is, "updated_at")
	require.Equal(t, was, is)
	require.Equal(t, back, w.restored(change), "all is so already: nothing is made of it")
	w.restored(back)
	require.Equal(t, "New", w.Must(http.StatusOK, "GET", w.team, nil)["display_name"], "what was taken back is taken back")

	tag := w.Do("GET", w.team+"/automations", nil).Header.Get("ETag")
	w.Must(http.StatusOK, "PATCH", w.team+"/automations/after_hours_text", object{"enabled": true, "message": "Bye"})
	w.restored(w.newest())
	one := w.Must(http.StatusOK, "GET", w.team+"/automations/after_hours_text", nil)
	require.Equal(t, []any{false, ""}, []any{one["enabled"], one["message"]})
	require.NotEqual(t, tag, w.Do("GET", w.team+"/automations", nil).Header.Get("ETag"))
}

func TestWhatWasMadeGoesAndWhatWasDeletedIsThereAgain(t *testing.T) {
	w := newWorld(t)
	holiday := object{"title": "Christmas", "time_zone": "America/Chicago", "starts_at": "2026-12-25T00:00", "ends_at": "2026-12-26T00:00", "business_hours": false}
	for path, body := range map[string]object{
		"/schedules": holiday, "/senders": {"kind": "sms", "address": "+15005550006", "messages_per_second": 5},
		"/holidays": {"title": "Inventory", "from": "2026-12-30", "to": "2026-12-30"}, "/replies": {"title": "Hours", "text": "We open at eight."},
	} {
		made := w.Must(http.StatusCreated, "POST", w.team+path, body)
		one := w.team + path + "/" + made["id"].(string)
		creation := w.newest()
		w.restored(creation)
		w.Refused(http.StatusNotFound, "DELETE", one, nil)
		w.restored(creation) // gone already
		w.restored(w.newest())
		again := apitest.Items(w.Must(http.StatusOK, "GET", w.team+path, nil))[0]
		require.Equal(t, made["id"], again["id"])
		for field, value := range body {
			require.Equal(t, made[field], again[field], "%s %v", field, value)
		}
		require.Equal(t, made["created_at"], again["created_at"], "as old as it was: %s", path)
		w.Must(http.StatusNoContent, "DELETE", one, nil)
		deletion := w.newest()
		w.restored(deletion)
		require.Equal(t, made["id"], apitest.Items(w.Must(http.StatusOK, "GET", w.team+path, nil))[0]["id"])
		w.restored(deletion) // there already
	}
}

func TestWhatCannotBeTakenBack(t *testing.T) {
	w := newWorld(t)
	all := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history?limit=200", nil))
	made := all[len(all)-1]
	require.Equal(t, "team", made["what"])
	path := func(change object) string { return w.team + "/history/" + change["id"].(string) + "/restore" }
	require.Contains(t, w.Refused(http.StatusConflict, "POST", path(made), nil), "id")
	w.Refused(http.StatusNotFound, "POST", w.team+"/history/"+nobody+"/restore", nil)

	sender := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006"})
	w.Must(http.StatusNoContent, "DELETE", w.team+"/senders/"+sender["id"].(string), nil)
	deletion := w.newest()
	w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006"})
	require.Contains(t, w.Refused(http.StatusConflict, "POST", path(deletion), nil), "address")

	for n := range 25 {
		w.Do("POST", w.team+"/schedules", object{"title": string(rune('a' + n)), "time_zone": "UTC", "starts_at": "2026-12-25T00:00", "ends_at": "2026-12-26T00:00"})
	}
	plan := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/schedules", nil))
	w.Must(http.StatusNoContent, "DELETE", w.team+"/schedules/"+plan[0]["id"].(string), nil)
	deletion = w.newest()
	w.Must(http.StatusCreated, "POST", w.team+"/schedules", object{"title": "z", "time_zone": "UTC", "starts_at": "2026-12-25T00:00", "ends_at": "2026-12-26T00:00"})
	w.Refused(http.StatusConflict, "POST", path(deletion), nil)

	theirs := w.stranger(t)
	other := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history?limit=1", nil))[0]
	w.Refused(http.StatusNotFound, "POST", theirs+"/history/"+other["id"].(string)+"/restore", nil)
}

func TestHistoryOfTheCompany(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusOK, "PATCH", "/company", object{"name": "Green Valley"})
	w.Must(http.StatusCreated, "POST", "/staff", object{"name": "Ann", "email": "ann@example.com", "role": "advisor", "teams": []string{w.teamID}})
	lines := apitest.Items(w.Must(http.StatusOK, "GET", "/history", nil))
	require.Equal(t, []any{"staff", "company"}, []any{lines[0]["what"], lines[1]["what"]})
	require.Equal(t, "Green Valley", lines[1]["after"].(object)["name"])
	for _, line := range apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history", nil)) {
		require.NotContains(t, []any{"staff", "company"}, line["what"])
	}
	bound := w.Must(http.StatusCreated, "POST", "/keys", object{"scopes": []string{"staff:read"}, "team": w.teamID})
	w.With(bound["key"].(string)).Refused(http.StatusForbidden, "GET", "/history", nil)
}

// undo takes a line of the company's history back.
func (w world) undo(status int, line object) {
	w.T.Helper()
	w.Must(status, "POST", "/history/"+line["id"].(string)+"/restore", nil)
}

func (w world) newestOfCompany() object {
	return apitest.Items(w.Must(http.StatusOK, "GET", "/history", nil))[0]
}

func TestChangesOfTheCompanyAndItsStaffAreTakenBack(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusOK, "PATCH", "/company", object{"name": "Blue Valley"})
	w.undo(http.StatusOK, w.newestOfCompany())
	require.Equal(t, "Green Valley Equipment", w.Must(http.StatusOK, "GET", "/company", nil)["name"])
	require.Equal(t, "Blue Valley", w.newestOfCompany()["before"].(object)["name"], "that is a change like any other")

	made := w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "advisor", "teams": []string{w.teamID}}))
	arrived := w.newestOfCompany()
	require.Equal(t, false, arrived["can_restore"])
	w.undo(http.StatusConflict, arrived)
	w.Must(http.StatusOK, "PATCH", "/staff/"+made["id"].(string), object{"role": "manager", "teams": []string{}, "active": false})
	left := w.newestOfCompany()
	require.Equal(t, true, left["can_restore"])
	w.undo(http.StatusOK, left)
	back := w.Must(http.StatusOK, "GET", "/staff/"+made["id"].(string), nil)
	require.Equal(t, []any{"advisor", true, []any{w.teamID}}, []any{back["role"], back["active"], back["teams"]})
	w.undo(http.StatusOK, left) // again: nothing left to do
}

func TestARoleComesBackByWhoMayGiveItAlone(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Eve") // the last admin may not go
	id, _ := w.signInAs("admin", "Maria")
	w.Must(http.StatusOK, "PATCH", "/staff/"+id, object{"role": "advisor", "teams": []string{w.teamID}})
	demoted := w.newestOfCompany()
	key := w.Must(http.StatusCreated, "POST", "/keys", object{"scopes": []string{"staff:write"}})["key"].(string)
	w.With(key).Refused(http.StatusForbidden, "POST", "/history/"+demoted["id"].(string)+"/restore", nil)
	w.undo(http.StatusOK, demoted)
	require.Equal(t, "admin", w.Must(http.StatusOK, "GET", "/staff/"+id, nil)["role"])
}

func TestAnotherCompanysHistoryIsNobodysToTakeBack(t *testing.T) {
	w := newWorld(t)
	w.stranger(t)
	_, err := w.db.Exec(`insert into history (company_id, id, who, what, subject, before, after) values ($1, $2, 'Eve', 'company', $1::uuid::text, '{"name": "A"}', '{"name": "B"}')`, stranger, nobody)
	require.NoError(t, err)
	w.Refused(http.StatusNotFound, "POST", "/history/"+nobody+"/restore", nil)
	w.Must(http.StatusOK, "PATCH", w.team, object{"name": "Sales"})
	ofTeam := apitest.Items(w.Must(http.StatusOK, "GET", w.team+"/history", nil))[0]
	w.Refused(http.StatusNotFound, "POST", "/history/"+ofTeam["id"].(string)+"/restore", nil)
}

// TestNobodyReachesTheMightier: who may write the staff and nothing else changes
// nothing about somebody who may do more, by no field and by no way around.
func TestNobodyReachesTheMightier(t *testing.T) {
	w := newWorld(t)
	w.signInAs("admin", "Eve") // the last admin may not go
	id, _ := w.signInAs("admin", "Maria")
	path := "/staff/" + id
	w.Must(http.StatusOK, "PATCH", "/company", object{"name": "Blue Valley"})
	renamed := w.newestOfCompany()
	w.Must(http.StatusOK, "PATCH", path, object{"name": "Maria Green"})
	changed := w.newestOfCompany()
	w.Must(http.StatusCreated, "POST", "/holidays", object{"title": "Christmas", "from": "2026-12-24"})
	closed := w.newestOfCompany()
	weak := w.With(w.Must(http.StatusCreated, "POST", "/keys", object{"scopes": []string{"staff:write"}})["key"].(string))
	before := w.Must(http.StatusOK, "GET", path, nil)
	for field, value := range map[string]any{
		"name": "Mallory", "email": "mallory@example.com", "role": "advisor", "phone": "+13125550199", "teams": []string{w.teamID}, "active": false,
	} {
		weak.Refused(http.StatusForbidden, "PATCH", path, object{field: value})
	}
	weak.Refused(http.StatusForbidden, "POST", path+"/invite", nil)
	weak.Refused(http.StatusForbidden, "POST", "/history/"+changed["id"].(string)+"/restore", nil)
	weak.Refused(http.StatusForbidden, "PATCH", "/company", object{"name": "Red Valley"})
	weak.Refused(http.StatusForbidden, "POST", "/history/"+renamed["id"].(string)+"/restore", nil)
	weak.Refused(http.StatusForbidden, "POST", "/history/"+closed["id"].(string)+"/restore", nil)
	require.Equal(t, before, w.Must(http.StatusOK, "GET", path, nil))
	require.Equal(t, "Blue Valley", w.Must(http.StatusOK, "GET", "/company", nil)["name"])
	weak.Must(http.StatusOK, "PATCH", path, object{"name": "Maria Green"}) // nothing changes

	// Nor about somebody who was not invited yet, or whose invitation ran out: the next
	// one would go to whoever has the address by then.
	added := w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "admin"}))["id"].(string)
	for _, change := range []object{{"email": "mallory@example.com"}, {"name": "Mallory"}, {"phone": "+13125550199"}, {"role": "advisor"}, {"active": false}} {
		weak.Refused(http.StatusForbidden, "PATCH", "/staff/"+added, change)
	}
	require.Equal(t, "none", w.Must(http.StatusOK, "GET", "/staff/"+added, nil)["sign_in"])
}

// since asks to take a change back and is refused for what somebody did since; the answer
// is the fault.
func (w world) since(path, code string, change object, query string) object {
	w.T.Helper()
	refused := w.Must(http.StatusConflict, "POST", path+"/history/"+change["id"].(string)+"/restore"+query, nil)
	require.Equal(w.T, code, refused["type"])
	return refused["errors"].([]any)[0].(object)
}

func params(fault object) object { return fault["params"].(object) }

// Who restores knows what they saw. What somebody else saved since stays, and where it is
// the same field they are told first.
func TestARestoreWritesNothingOverThatWasSavedSince(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusOK, "PATCH", w.team, object{"name": "Workshop", "voice": object{"greeting": object{"text": "Hello"}}})
	seen := w.newest()
	w.Must(http.StatusOK, "PATCH", w.team, object{"language": "de", "voice": object{"ring_seconds": 30}})
	w.restored(seen)
	team := w.Must(http.StatusOK, "GET", w.team, nil)
	require.Equal(t, []any{"Service", "de"}, []any{team["name"], team["language"]}, "beside it")
	voice := team["voice"].(object)
	require.Equal(t, []any{"", 30.0}, []any{voice["greeting"].(object)["text"], voice["ring_seconds"]}, "within one of its parts")

	w.Must(http.StatusOK, "PATCH", w.team, object{"name": "Workshop", "display_name": "Workshop"})
	seen = w.newest()
	w.Must(http.StatusOK, "PATCH", w.team, object{"name": "Garage"})
	theirs := w.newest()
	fault := w.since(w.team, "changed_since", seen, "")
	require.Equal(t, "seen", fault["field"])
	require.Equal(t, object{"Who": "bootstrap key", "Fields": []any{"name"}, "Change": theirs["id"]}, params(fault))
	require.Equal(t, theirs, w.newest(), "nothing was restored")
	w.Must(http.StatusOK, "PATCH", w.team, object{"name": "Barn"})
	w.since(w.team, "changed_since", seen, "?seen="+theirs["id"].(string))
	again := "?seen=" + w.newest()["id"].(string)
	w.Must(http.StatusOK, "POST", w.team+"/history/"+seen["id"].(string)+"/restore"+again, nil)
	require.Equal(t, "Service", w.Must(http.StatusOK, "GET", w.team, nil)["name"])

	w.Must(http.StatusOK, "PATCH", "/company", object{"name": "Blue Valley"})
	for _, wrong := range []string{"x", nobody, w.newestOfCompany()["id"].(string)} {
		require.Contains(t, w.Refused(http.StatusUnprocessableEntity, "POST", w.team+"/history/"+seen["id"].(string)+"/restore?seen="+wrong, nil), "seen")
	}

	on := object{"enabled": true, "options": object{}}
	w.Must(http.StatusOK, "PATCH", w.team+"/automations/after_hours_text", object{"message": "Bye"})
	seen = w.newest()
	w.Must(http.StatusOK, "PATCH", w.team+"/automations/after_hours_text", on)
	w.restored(seen)
	one := w.Must(http.StatusOK, "GET", w.team+"/automations/after_hours_text", nil)
	require.Equal(t, []any{true, ""}, []any{one["enabled"], one["message"]})
}

func TestARestoreOfWhatIsGoneOrThereAgain(t *testing.T) {
	w := newWorld(t)
	holiday := object{"title": "Christmas", "time_zone": "America/Chicago", "starts_at": "2026-12-25T00:00", "ends_at": "2026-12-26T00:00"}
	for path, c := range map[string]struct {
		new, changed object
		theirs       string
	}{
		"/schedules": {holiday, object{"title": "Easter"}, "title"},
		"/senders":   {object{"kind": "sms", "address": "+15005550006"}, object{"messages_per_second": 5}, "settings.messages_per_second"},
		"/holidays":  {object{"title": "Inventory", "from": "2026-12-30", "to": "2026-12-30"}, object{"title": "Stock"}, "title"},
		"/replies":   {object{"title": "Hours", "text": "We open at eight."}, object{"text": "We open at nine."}, "text"},
	} {
		made := w.Must(http.StatusCreated, "POST", w.team+path, c.new)
		one := w.team + path + "/" + made["id"].(string)
		creation := w.newest()
		w.Must(http.StatusOK, "PATCH", one, c.changed)
		change := w.newest()
		fault := w.since(w.team, "changed_since", creation, "")
		require.Equal(t, []any{c.theirs}, params(fault)["Fields"], path)
		w.Must(http.StatusNoContent, "DELETE", one, nil)
		deletion := w.newest()
		require.Equal(t, deletion["id"], params(w.since(w.team, "deleted_since", change, ""))["Change"], path)
		w.Must(http.StatusOK, "POST", w.team+"/history/"+change["id"].(string)+"/restore?seen="+deletion["id"].(string), nil)
		there := apitest.Items(w.Must(http.StatusOK, "GET", w.team+path, nil))
		require.Equal(t, made["id"], there[0]["id"], path)
		require.Equal(t, []any{c.theirs}, params(w.since(w.team, "changed_since", deletion, ""))["Fields"], "it is there again, and another: %s", path)
		w.Must(http.StatusOK, "POST", w.team+"/history/"+creation["id"].(string)+"/restore?seen="+w.newest()["id"].(string), nil)
		w.Refused(http.StatusNotFound, "DELETE", one, nil)
	}
}

func TestARestoreOfTheCompanyWritesNothingOver(t *testing.T) {
	w := newWorld(t)
	w.Must(http.StatusOK, "PATCH", "/company", object{"name": "Blue Valley"})
	seen := w.newestOfCompany()
	w.Must(http.StatusOK, "PATCH", "/company", object{"contact_per_hour": 7})
	w.undo(http.StatusOK, seen)
	company := w.Must(http.StatusOK, "GET", "/company", nil)
	require.Equal(t, []any{"Green Valley Equipment", 7.0}, []any{company["name"], company["contact_per_hour"]})

	path := "/staff/" + w.Must(http.StatusCreated, "POST", "/staff", w.ann(object{"role": "advisor", "teams": []string{w.teamID}}))["id"].(string)
	w.Must(http.StatusOK, "PATCH", path, object{"phone": "+13125550199"})
	seen = w.newestOfCompany()
	w.Must(http.StatusOK, "PATCH", path, object{"role": "manager"})
	w.Must(http.StatusOK, "PATCH", path, object{"phone": "+13125550198"})
	fault := w.since("", "changed_since", seen, "")
	require.Equal(t, []any{"phone"}, params(fault)["Fields"])
	w.Must(http.StatusOK, "POST", "/history/"+seen["id"].(string)+"/restore?seen="+params(fault)["Change"].(string), nil)
	ann := w.Must(http.StatusOK, "GET", path, nil)
	require.Equal(t, []any{"+13125550150", "manager"}, []any{ann["phone"], ann["role"]})
}
