package phone

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
)

// TestChipsAreTapped on a phone that does RCS; one that does not shows the words.
func TestChipsAreTapped(t *testing.T) {
	w := newWorld(t, "")
	service := w.sim.Service("Pool", ours)
	w.sim.Agent(service, "valley")
	w.sim.RCS(ann, true)
	_, err := settings.EditTeam(t.Context(), w.db, w.sender.CompanyID, w.sender.TeamID, "test", func(e *settings.Edit) error {
		one := w.sender
		one.Settings.Service, one.Settings.Agent = service, "valley"
		_, err := e.SaveSender(t.Context(), one)
		return err
	})
	require.NoError(t, err)
	choices := []channels.Choice{{ID: "YES", Title: "Yes"}, {ID: "NO", Title: "No"}}
	next := w.states()
	status, told := w.post("/phone/texts", w.form("text", "Hello?"))
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("Hello?", "Sent “"))
	require.Equal(t, "rcs:"+ann, w.sim.Inbox("rcs:" + ann)[0].From)
	w.asks("May we begin?", nil, choices...)
	next(says("May we begin?", `<button name="press" value="YES">Yes</button>`, `<button name="press" value="NO">No</button>`))
	asked := w.sim.Messages()[len(w.sim.Messages())-1]
	for _, bad := range []struct {
		press, message string
		status         int
	}{{"MAYBE", asked.SID, http.StatusUnprocessableEntity}, {"YES", "SM1", http.StatusNotFound}} {
		status, _ := w.post("/phone/texts", w.form("press", bad.press, "message", bad.message))
		require.Equal(t, bad.status, status)
	}
	status, told = w.post("/phone/texts", w.form("press", "NO", "message", asked.SID))
	require.Equal(t, http.StatusNoContent, status, told)
	next(says("<p>No</p>", "ButtonPayload"))

	w.sim.RCS(ann, false)
	w.asks("And by SMS?", nil, choices...)
	after := ""
	next(func(page string) bool { // once it came
		_, after, _ = strings.Cut(page, "And by SMS?")
		return len(w.sim.Inbox(ann)) > 0 && strings.Contains(after, "Sending")
	})
	thread, _, _ := strings.Cut(after, "</li>")
	require.NotContains(t, thread, `name="press"`)
}
