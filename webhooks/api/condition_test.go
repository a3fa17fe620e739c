package api_test

import (
	"net/http"
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
