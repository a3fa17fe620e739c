package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

// agent is whom customers write to by RCS.
const agent = "rcs:valley_agent"

// byRCS has the team's number send through a Messaging Service with an RCS sender.
func (s *story) byRCS() {
	s.t.Helper()
	service := s.sim.Service("Pool", ours)
	s.sim.Agent(service, agent[len("rcs:"):])
	senders := "/teams/" + s.team.ID + "/senders"
	status, listed := s.api("GET", senders, nil)
	require.Equal(s.t, http.StatusOK, status, listed)
	one := senders + "/" + listed["items"].([]any)[0].(map[string]any)["id"].(string)
	for field, value := range map[string]string{"messaging_service": "MG1", "rcs_agent": agent} {
		status, answer := s.api("PATCH", one, map[string]any{field: value})
		require.Equal(s.t, http.StatusUnprocessableEntity, status, answer)
	}
	status, answer := s.api("PATCH", one, map[string]any{"messaging_service": service, "rcs_agent": agent[len("rcs:"):]})
	require.Equal(s.t, http.StatusOK, status, answer)
	status, answer = s.api("POST", senders, map[string]any{"kind": "sms", "address": "+13125550178", "messaging_service": service, "rcs_agent": agent[len("rcs:"):]})
	require.Equal(s.t, http.StatusConflict, status, answer)
}

// rich lets a customer write by RCS, which Twilio brings twice.
func (s *story) rich(from, words string) {
	s.t.Helper()
	s.nothingMore()
	answer, err := s.sim.Text(s.t.Context(), s.door(), "rcs:"+from, agent, words, twilio.Twice())
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, answer.Status, answer.Body)
	require.Equal(s.t, http.StatusOK, answer.Second.Status, answer.Second.Body)
	s.settle()
}

// TestRCS: the Messaging Service picks RCS or a text, the customer is one person
// by either, and a STOP by one holds for both.
func TestRCS(t *testing.T) {
	t.Parallel()
	const does, doesNot = "+13125550142", "+13125550143"
	const greeting = "Green Valley - Service: Thanks for your message. We'll reply here as soon as we can."
	s := &story{world: newWorld(t)}
	s.byRCS()
	s.sim.RCS(does, true)
	s.step("at 2026-06-01T10:00:00-05:00")

	s.rich(does, "hello")
	got := s.next("rcs:" + does)
	require.Equal(t, []string{agent, greeting}, []string{got.From, got.Body})
	s.state(does, "read", "")
	s.step("sms " + does + " and by text")
	s.step("decision skipped ticket_open -")
	s.step("tickets " + does + " 1")
	s.step("contacts 1")

	s.step("sms " + doesNot + " hello")
	got = s.next(doesNot)
	require.Equal(t, []string{ours, greeting}, []string{got.From, got.Body})
	s.state(doesNot, "delivered", "")

	// Whoever writes by text has a phone that does RCS, and the answer is lost.
	const third = "+13125550144"
	s.sim.RCS(third, true)
	s.step("lose")
	s.step("sms " + third + " hello")
	s.next("rcs:" + third)
	s.step("at 2026-06-01T10:00:10-05:00")
	s.step("at 2026-06-01T10:00:20-05:00")
	s.state(third, "read", "")

	s.rich(does, "STOP")
	require.Equal(t, twilio.OutboundReply, s.next("rcs:"+does).Direction, "Twilio confirms")
	s.step("opted_out " + does + " yes")
	s.step("at 2026-06-01T18:00:00-05:00")
	s.step("sms " + does + " are you there?")
	s.step("decision skipped opted_out after_hours_text")
	s.rich(does, "and by RCS?")
	s.step("decision skipped opted_out after_hours_text")
	s.nothingMore()
}

// TestRCSButtons: a question has buttons where the phone does RCS, and its words alone
// elsewhere; who taps one has answered that very question, whichever is the newest.
func TestRCSButtons(t *testing.T) {
	t.Parallel()
	const does, doesNot = "+13125550142", "+13125550143"
	s := &story{world: newWorld(t)}
	s.byRCS()
	s.sim.RCS(does, true)
	s.step("at 2026-06-01T10:00:00-05:00")
	s.rich(does, "hello")
	s.next("rcs:" + does)
	s.step("sms " + doesNot + " hello")
	s.next(doesNot)

	asks := func(from, kind string) (id string) {
		status, answer := s.api(http.MethodPost, s.ticketOf(from)+"/requests", map[string]any{"kind": kind})
		require.Equal(t, http.StatusCreated, status, answer)
		s.settle()
		return answer["id"].(string)
	}
	shows := func(at, begins string, titles ...string) twilio.Message {
		got := s.next(at)
		require.True(t, strings.HasPrefix(got.Body, "Green Valley - Service: "+begins), got.Body)
		var shown []string
		for _, chip := range got.Chips {
			shown = append(shown, chip.Title)
		}
		require.Equal(t, titles, shown)
		return got
	}
	taps := func(on twilio.Message, chip int) {
		answer, err := s.sim.Tap(t.Context(), s.door(), on, on.Chips[chip], twilio.Twice())
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, answer.Status, answer.Body)
		s.settle()
	}
	stands := func(id string) string {
		return (&asker{till: &till{world: s.world}, ticket: s.ticketOf(does)}).stands(id)
	}

	resolved := asks(does, "resolved")
	first := shows("rcs:"+does, "Is your issue resolved? Reply YES or NO", "YES", "NO")
	require.Equal(t, agent, first.From)
	asks(doesNot, "resolved")
	require.Equal(t, ours, shows(doesNot, "Is your issue resolved? Reply YES or NO").From)
	approval := asks(does, "approval")
	second := shows("rcs:"+does, "Please review", "YES", "NO")
	require.Len(t, s.sim.Contents(), 1, "made once for all with the same buttons")
	taps(first, 1)
	require.Equal(t, `answered text {"resolved":false}`, stands(resolved))
	require.Contains(t, stands(approval), "open")

	// Somebody deletes the content at Twilio: the question goes out in words, and the
	// next has buttons again.
	s.sim.DropContents()
	asks(does, "resolved")
	shows("rcs:"+does, "Is your issue resolved?")
	scored := asks(does, "rating")
	rating := shows("rcs:"+does, "How did ", "1", "2", "3", "4", "5")
	taps(rating, 4)
	require.Equal(t, `answered text {"score":5}`, stands(scored))
	taps(second, 0)
	require.Equal(t, `answered text {"approved":true}`, stands(approval))

	// Nothing of it is there at all: still in words.
	s.sim.Fault(twilio.Fault{On: "contents", Status: http.StatusServiceUnavailable})
	asks(does, "approval")
	shows("rcs:"+does, "Please review")
}
