package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/meta"
)

// coexists carries out what happens where the number is in use in the WhatsApp
// Business app as well.
func (s *story) coexists(verb, who, rest string) {
	s.t.Helper()
	switch verb {
	case "app":
		s.inApp(who, meta.Object{"type": "text", "text": meta.Object{"body": rest}})
	case "apps":
		var item meta.Object
		require.NoError(s.t, json.Unmarshal([]byte(rest), &item))
		s.inApp(who, item)
	case "echoes":
		for _, m := range slices.Backward(s.graph.Inbox(who)) {
			if strings.Contains(m.Text, rest) {
				s.inApp(who, meta.Object{"id": m.ID, "type": "text", "text": meta.Object{"body": m.Text}})
				return
			}
		}
		require.Fail(s.t, "nothing says "+rest)
	case "history":
		s.nothingMore()
		status, err := s.graph.TellHistory(s.t.Context(), s.graphDoor(), who, rest)
		require.NoError(s.t, err)
		require.Equal(s.t, http.StatusOK, status)
		s.settleUnlessStopped()
	case "story":
		require.Equal(s.t, rest, s.lines(s.ticketOf(who), "timeline", func(map[string]any) bool { return true }))
	case "apart":
		require.Equal(s.t, rest, s.lines("/contacts/"+s.contactOf(who)+"/timeline", "items", func(line map[string]any) bool { return line["ticket"] == nil }))
	case "waits":
		status, ticket := s.api("GET", s.ticketOf(who), nil)
		require.Equal(s.t, http.StatusOK, status, ticket)
		since, waits := ticket["waiting_since"].(string)
		if rest == "nobody" {
			require.False(s.t, waits, since)
			return
		}
		want, err := time.Parse(time.RFC3339, rest)
		require.NoError(s.t, err)
		got, err := time.Parse(time.RFC3339, since)
		require.NoError(s.t, err, ticket)
		require.True(s.t, want.Equal(got), since)
	case "answered":
		status, report := s.api("GET", "/teams/"+s.team.ID+"/report", nil)
		require.Equal(s.t, http.StatusOK, status, report)
		require.Equal(s.t, who, fmt.Sprint(report["total"].(map[string]any)["tickets_answered"]))
	}
}

func (s *story) inApp(to string, item meta.Object) {
	s.t.Helper()
	s.nothingMore()
	_, status, err := s.graph.Answer(s.t.Context(), s.graphDoor(), to, item)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, status)
	s.settleUnlessStopped()
}

// lines are the messages of a timeline that the API lists, in the order of their time.
func (s *story) lines(path, list string, counts func(map[string]any) bool) string {
	s.t.Helper()
	status, answer := s.api("GET", path, nil)
	require.Equal(s.t, http.StatusOK, status, answer)
	var lines []string
	for _, one := range answer[list].([]any) {
		line := one.(map[string]any)
		if line["type"] != "message" || !counts(line) {
			continue
		}
		var words []string
		for _, field := range []string{"author", "via", "kind", "text"} {
			if word, _ := line[field].(string); word != "" {
				words = append(words, word)
			}
		}
		if files, _ := line["media"].([]any); len(files) > 0 {
			words = append(words, fmt.Sprint(len(files), " file"))
		}
		lines = append(lines, strings.Join(words, " "))
	}
	if list == "items" { // the newest first
		slices.Reverse(lines)
	}
	return strings.Join(lines, " | ")
}

// TestAnEchoOfWhatIsUnderWay: what Meta tells of before it has told us the message's id is
// known by its words, and is no advisor's message. The same words once all is out are one.
func TestAnEchoOfWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	const customer, reply = "+13125550142", "Green Valley - Service: Thanks for your message. We'll reply here as soon as we can."
	s := &story{world: newWorld(t)}
	for _, step := range []string{"whatsapp", "at 2026-06-01T10:00:00-05:00", "writes " + customer + " hello", "reads " + customer + " text " + reply} {
		s.step(step)
	}
	var delivery, provider string
	require.NoError(t, s.DB.QueryRow(`select id, provider_id from deliveries`).Scan(&delivery, &provider))
	_, err := s.DB.Exec(`update deliveries set state = 'queued', provider_id = null, tried_at = $1, due_at = $2`, s.Clock.Now(), s.Clock.Now().Add(time.Hour))
	require.NoError(t, err)
	echo := meta.Object{"type": "text", "text": meta.Object{"body": reply}}
	s.told(customer, echo)
	one := "customer hello | automation " + reply
	s.step("story " + customer + " " + one)
	_, err = s.DB.Exec(`update deliveries set state = 'sent', provider_id = $1, due_at = null`, provider)
	require.NoError(t, err)
	s.told(customer, echo)
	s.step("story " + customer + " " + one + " | advisor whatsapp_app " + reply)
}

// told is something written in the app, whatever the customer has read.
func (s *story) told(to string, item meta.Object) {
	s.t.Helper()
	_, status, err := s.graph.Answer(s.t.Context(), s.graphDoor(), to, item)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, status)
	s.settle()
}
