package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever says which state they change does not write over somebody else's
// change; whoever does not, changes what is there.
func TestChangesOfAStateThatIsGone(t *testing.T) {
	w := newWorld(t)
	schedule := w.Must(http.StatusCreated, "POST", w.team+"/schedules", weekdays())["id"].(string)
	sender := w.Must(http.StatusCreated, "POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006"})["id"].(string)
	for path, field := range map[string]string{
		"/company": "name", w.team: "name", "/staff/" + w.member("Ann", w.teamID): "name",
		w.team + "/schedules/" + schedule: "title", w.team + "/senders/" + sender: "messages_per_second",
	} {
		n := 0
		change := func(tag string) (int, string) {
			n++
			a := w.Do("PATCH", path, object{field: value(field, n)}, "If-Match", tag)
			return a.Status, a.Header.Get("ETag")
		}
		tag := w.Do("PATCH", path, object{}).Header.Get("ETag")
		require.Regexp(t, `^"[0-9a-f]{24}"$`, tag, path)
		if seen := w.Do("GET", path, nil); seen.Status == http.StatusOK {
			require.Equal(t, tag, seen.Header.Get("ETag"), path)
		}
		status, next := change(tag)
		require.Equal(t, http.StatusOK, status, path)
		require.NotEqual(t, tag, next)
		for _, stale := range []string{tag, "W/" + next, `"x"`, next[1 : len(next)-1]} {
			status, _ = change(stale)
			require.Equal(t, http.StatusPreconditionFailed, status, "%s %s", path, stale)
		}
		status, next = change(`"x", ` + next)
		require.Equal(t, http.StatusOK, status, path)
		require.Equal(t, next, w.Do("PATCH", path, object{}).Header.Get("ETag"))
		status, _ = change("*")
		require.Equal(t, http.StatusOK, status, path)

		tag = w.Do("PATCH", path, object{}).Header.Get("ETag")
		statuses := make([]int, 2)
		var group sync.WaitGroup
		for k := range statuses {
			group.Go(func() { statuses[k] = w.Do("PATCH", path, object{field: value(field, n+k+1)}, "If-Match", tag).Status })
		}
		group.Wait()
		require.ElementsMatch(t, []int{http.StatusOK, http.StatusPreconditionFailed}, statuses, "%s: of two, one is first", path)
	}
}

// value is the nth of a field, unlike all others.
func value(field string, n int) any {
	if field == "messages_per_second" {
		return n + 5
	}
	return "Name " + string(rune('A'+n))
}

// Every change of what has an ETag honors If-Match, deleting as well, and what has none
// is not changed under one: a condition is never passed over in silence.
func TestNoChangePassesOverACondition(t *testing.T) {
	w := newWorld(t)
	made := func(path string, body object) string {
		return path + "/" + w.Must(http.StatusCreated, "POST", path, body)["id"].(string)
	}
	day := object{"title": "Christmas", "from": "2026-12-24", "to": "2026-12-26"}
	tagged := map[string]object{
		made(w.team+"/schedules", weekdays()):                                     {"title": "Other"},
		made(w.team+"/senders", object{"kind": "sms", "address": "+15005550006"}): {"messages_per_second": 9},
		made(w.team+"/holidays", day):                                             {"title": "Other"},
		made("/holidays", day):                                                    {"title": "Other"},
		made(w.team+"/replies", object{"title": "Hello", "text": "Hello"}):        {"title": "Other"},
		made(w.team+"/contacts", object{"name": "Ann"}):                           {"name": "Other"},
	}
	document := w.Must(http.StatusOK, "GET", "/openapi.json", nil)
	for path, change := range tagged {
		tag := w.Do("PATCH", path, object{}).Header.Get("ETag")
		require.Regexp(t, `^"[0-9a-f]{24}"$`, tag, path)
		require.Equal(t, http.StatusPreconditionFailed, w.Do("PATCH", path, change, "If-Match", `"x"`).Status, path)
		require.Equal(t, tag, w.Do("PATCH", path, object{}).Header.Get("ETag"), path)
		next := w.Do("PATCH", path, change, "If-Match", tag)
		require.Equal(t, http.StatusOK, next.Status, "%s %s", path, next.Text)
		require.Equal(t, http.StatusPreconditionFailed, w.Do("PATCH", path, change, "If-Match", tag).Status, path)
		if strings.Contains(path, "/contacts/") {
			continue // an erasure has no condition
		}
		require.Equal(t, http.StatusPreconditionFailed, w.Do("DELETE", path, nil, "If-Match", tag).Status, path)
		require.Equal(t, http.StatusNoContent, w.Do("DELETE", path, nil, "If-Match", next.Header.Get("ETag")).Status, path)
	}
	days := w.Do("GET", "/retention", nil).Header.Get("ETag")
	require.Equal(t, http.StatusOK, w.Do("PUT", "/retention", object{"messages": 400}, "If-Match", days).Status)
	require.Equal(t, http.StatusPreconditionFailed, w.Do("PUT", "/retention", object{"messages": 500}, "If-Match", days).Status)
	require.EqualValues(t, 400, w.Must(http.StatusOK, "GET", "/retention", nil)["messages"])
	kept := w.newestOfCompany()
	require.Equal(t, []any{"retention", float64(400)}, []any{kept["what"], kept["after"].(object)["messages"]}, "and how long what is kept stands in the history")

	for path, item := range document["paths"].(object) {
		there := strings.NewReplacer("/api/v1", "", "{team}", w.teamID, "{id}", nobody, "{key}", "after_hours_text").Replace(path)
		for method, operation := range item.(object) {
			if raw, _ := json.Marshal(operation); method == "get" || method == "post" || strings.Contains(string(raw), `"If-Match"`) {
				continue
			}
			a := w.Do(strings.ToUpper(method), there, object{}, "If-Match", `"x"`)
			require.Contains(t, []int{http.StatusPreconditionFailed, http.StatusForbidden}, a.Status, "%s %s: %s", method, path, a.Text) // a key has no session
		}
	}
}

// What a provider tells changes no ETag: nobody has changed anything.
func TestAnETagIsOfWhatPeopleChoose(t *testing.T) {
	w := newWorld(t)
	made := w.Do("POST", w.team+"/senders", object{"kind": "sms", "address": "+15005550006"})
	path := w.team + "/senders/" + made.JSON["id"].(string)
	_, err := w.db.Exec(`insert into sender_health (company_id, sender_id, last_webhook_at) values ($1, $2, now())`, w.company.ID, made.JSON["id"])
	require.NoError(t, err)
	changed := w.Do("PATCH", path, object{"messages_per_second": 3}, "If-Match", made.Header.Get("ETag"))
	require.Equal(t, http.StatusOK, changed.Status, changed.Text)
	require.NotNil(t, changed.JSON["health"].(object)["last_webhook_at"])

	made = w.Do("POST", w.team+"/contacts", object{"name": "Ann", "addresses": []object{{"address": "+12025550188"}}})
	path = w.team + "/contacts/" + made.JSON["id"].(string)
	_, err = w.db.Exec(`update addresses set unreachable_at = now()`)
	require.NoError(t, err)
	require.Equal(t, made.Header.Get("ETag"), w.Do("GET", path, nil).Header.Get("ETag"))
	_, err = w.db.Exec(`update standings set opted_out_at = now()`)
	require.NoError(t, err)
	require.NotEqual(t, made.Header.Get("ETag"), w.Do("GET", path, nil).Header.Get("ETag"), "they said STOP meanwhile")
}
