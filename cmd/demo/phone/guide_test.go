package phone

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A story ticks itself off as it is played, in its order, for the customer who plays
// it; nothing is remembered beside what happened.
func TestGuides(t *testing.T) {
	w := newWorld(t, "")
	next := w.states()
	story := func(s state, key string) string {
		_, rest, found := strings.Cut(s.Parts["guides"], `data-key="guide-`+key+`"`)
		require.True(t, found, key)
		one, _, _ := strings.Cut(rest, "</details>")
		return one
	}
	status, _ := w.post("/phone/clock", w.form("at", "sunday"))
	require.Equal(t, http.StatusNoContent, status)
	s := next(says("another time", "closed until Monday"))
	require.Contains(t, story(s, "late"), "1 of 3")
	require.Contains(t, story(s, "missed"), "0 of 4")
	require.Contains(t, story(s, "missed"), `small muted">Press Tuesday 10:00 above`, "what comes next")
	require.Contains(t, story(s, "photo"), "0 of 3")

	status, _ = w.post("/phone/texts", w.form("text", "Is anybody there?"))
	require.Equal(t, http.StatusNoContent, status)
	s = next(says("The provider took it"))
	require.Contains(t, story(s, "late"), "2 of 3")
	require.Contains(t, story(s, "photo"), "1 of 3")
	require.Regexp(t, `href="/teams/[0-9a-f-]{36}/tickets/[0-9a-f-]{36}"`, story(s, "photo"))
	_, err := w.sim.Deliver(t.Context())
	require.NoError(t, err)
	s = next(says("Delivered to the phone <code>delivered</code>"))
	require.Contains(t, story(s, "late"), `<span class="tag good">done</span>`)
	require.NotContains(t, story(s, "late"), "3 of 3")

	_, page, _ := w.get("/phone?" + w.form("customer", ben).Encode())
	require.Contains(t, page, "1 of 3", "for Ben it is Sunday, and no more")
	require.Contains(t, page, "0 of 3")
}
