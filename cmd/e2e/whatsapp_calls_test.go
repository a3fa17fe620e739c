package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"ringback/webhooks/api/apitest"

	"github.com/stretchr/testify/require"
)

// rings lets a customer call by WhatsApp, and Meta tell of it in that order: the
// call began so many seconds ago and is over by now, or nobody knows.
func (s *story) rings(from, rest string) {
	s.t.Helper()
	s.nothingMore()
	words := append(strings.Fields(rest), "0")
	after, taken := number(s.t, words[1]), number(s.t, words[2])
	call := s.graph.Ring(from)
	call.Began = call.Began.Add(-time.Duration(after) * time.Second)
	for event := range strings.SplitSeq(words[0], ",") {
		status, err := 0, error(nil)
		switch event {
		case "connect":
			status, err = s.graph.Connect(s.t.Context(), s.graphDoor(), call)
		case "terminate":
			status, err = s.graph.Terminate(s.t.Context(), s.graphDoor(), call, time.Duration(after)*time.Second, time.Duration(taken)*time.Second)
		default:
			status, err = s.graph.CallStatus(s.t.Context(), s.graphDoor(), call, event)
		}
		require.NoError(s.t, err)
		require.Equal(s.t, http.StatusOK, status)
	}
	s.settleUnlessStopped()
}

// TestCallHoursFollowTheSchedules of a number that is told to: after each save,
// tried again, and shown when Meta has others.
func TestCallHoursFollowTheSchedules(t *testing.T) {
	t.Parallel()
	w := opened(t)
	w.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	senders := "/teams/" + w.team.ID + "/senders"
	status, made := w.api("POST", senders, map[string]any{"kind": "sms", "address": "+13125550177", "call_hours": true})
	require.Equal(t, http.StatusUnprocessableEntity, status, made)
	status, made = w.api("POST", senders, map[string]any{"kind": "whatsapp_cloud", "address": ourNumberID})
	require.Equal(t, http.StatusCreated, status, made)
	require.NotContains(t, made, "call_hours_state")
	one := senders + "/" + made["id"].(string)

	// stands waits until Meta was told, and returns what it has of days and how often.
	stands := func(state string) (days []string, pushes int) {
		t.Helper()
		require.Eventually(t, func() bool {
			require.NoError(t, w.Hours.Work(t.Context()))
			_, listed := w.api("GET", senders, nil)
			for _, s := range listed["items"].([]any) {
				if s := s.(map[string]any); s["id"] == made["id"] {
					now, _ := s["call_hours_state"].(map[string]any)
					return now["state"] == state
				}
			}
			return false
		}, settled, 10*time.Millisecond)
		raw, pushes := w.graph.CallHours()
		var has struct {
			Zone string              `json:"timezone_id"`
			Week []any               `json:"weekly_operating_hours"`
			Days []map[string]string `json:"holiday_schedule"`
		}
		require.NoError(t, json.Unmarshal([]byte(raw), &has))
		require.Len(t, has.Week, 5)
		for _, d := range has.Days {
			days = append(days, d["date"]+" "+d["start_time"]+"-"+d["end_time"])
		}
		return days, pushes
	}
	due := func() {
		t.Helper()
		_, err := w.DB.Exec(`update call_hours set due_at = now()`)
		require.NoError(t, err)
	}

	status, answer := w.api("PATCH", one, map[string]any{"call_hours": true})
	require.Equal(t, http.StatusOK, status, answer)
	days, pushes := stands("same")
	require.Empty(t, days)
	require.Equal(t, 1, pushes)

	due()
	_, pushes = stands("same")
	require.Equal(t, 1, pushes, "what Meta has already is not told again")

	status, answer = w.api("POST", "/holidays", map[string]any{"title": "Independence Day", "from": "2026-07-03", "to": "2026-07-03"})
	require.Equal(t, http.StatusCreated, status, answer)
	require.Eventually(t, func() bool {
		days, pushes = stands("same")
		return pushes == 2
	}, settled, 10*time.Millisecond)
	require.Equal(t, []string{"2026-07-03 0000-0001"}, days, "of the whole company")

	w.graph.ChangeCallHours("Europe/Warsaw")
	due()
	_, pushes = stands("differs")
	require.Equal(t, 2, pushes, "whoever changed them there meant to")

	w.graph.RefuseCallHours("Calling is not enabled")
	status, answer = w.api("POST", "/teams/"+w.team.ID+"/holidays", map[string]any{"title": "Away", "from": "2026-06-10", "to": "2026-06-11"})
	require.Equal(t, http.StatusCreated, status, answer)
	stands("failing")
	w.graph.RefuseCallHours("")
	due()
	days, pushes = stands("same")
	require.Equal(t, []string{"2026-06-10 0000-0001", "2026-06-11 0000-0001", "2026-07-03 0000-0001"}, days)
	require.Equal(t, 3, pushes)

	status, answer = w.api("PATCH", one, map[string]any{"call_hours": false})
	require.Equal(t, http.StatusOK, status, answer)
	require.NotContains(t, answer, "call_hours_state")
}

func TestDryRunOfACallByWhatsApp(t *testing.T) {
	w := newWorld(t)
	w.byWhatsApp("")
	w.alone()
	client := apitest.Serve(t, w.Router, bootstrapKey)
	missed := map[string]any{"event": map[string]any{"kind": "call", "channel": "whatsapp", "outcome": "missed"}, "contact": "+13125550142"}
	tried := w.tryOut(client, missed)
	require.Equal(t, "whatsapp_cloud", tried["channel"], tried)
	require.Contains(t, []any{"customer_call_missed", "after_hours_call"}, tried["decision"].(map[string]any)["automation"])
	missed["event"].(map[string]any)["channel"] = "webchat"
	require.Contains(t, client.Refused(http.StatusUnprocessableEntity, "POST", "/teams/"+w.team.ID+"/dry-run", missed), "event.channel")
}
