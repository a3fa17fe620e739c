package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/settings"
	"ringback/settings/automations"
)

// TestQuestionsOfTheNightKeepTheBudget: what waits for the morning counts when it
// goes, so eight questions to one person that were put off are not eight at 8:00.
func TestQuestionsOfTheNightKeepTheBudget(t *testing.T) {
	t.Parallel()
	const from = "+13125550142"
	w := newWorld(t)
	w.change(automations.CustomerFirstChat, func(s *automations.Setting) { s.Enabled = false })
	at := func(moment string) {
		t.Helper()
		instant, err := time.Parse(time.RFC3339, moment)
		require.NoError(t, err)
		w.Clock.Stop(instant)
		w.Gateway.Wake()
		w.settle()
	}
	at("2026-06-01T20:00:00-05:00")
	var tickets []string
	for range 8 {
		status, made := w.api("POST", "/teams/"+w.team.ID+"/tickets", map[string]string{"address": from, "text": "my pump leaks"})
		require.Equal(t, http.StatusCreated, status, made)
		tickets = append(tickets, made["id"].(string))
	}
	at("2026-06-01T22:00:00-05:00")
	for _, id := range tickets {
		status, answer := w.api("PATCH", "/teams/"+w.team.ID+"/tickets/"+id, map[string]string{"status": "done"})
		require.Equal(t, http.StatusOK, status, answer)
	}
	w.settle()
	w.decision("deferred", "quiet_hours", automations.AskIssueResolved)
	at("2026-06-02T07:59:00-05:00")
	require.Empty(t, w.sim.Inbox(from))
	at("2026-06-02T08:00:01-05:00")
	require.Len(t, w.sim.Inbox(from), 5)
	var skipped int
	require.NoError(t, w.DB.Get(&skipped, `select count(*) from decisions where outcome = 'skipped' and reason = 'contact_budget' and automation = $1`, automations.AskIssueResolved))
	require.Equal(t, 3, skipped)
}

// TestTheCompanysBudget holds over all of its teams: what one of them sent leaves
// the other no more.
func TestTheCompanysBudget(t *testing.T) {
	t.Parallel()
	const from = "+13125550142"
	w := newWorld(t)
	start, err := time.Parse(time.RFC3339, whileOpen)
	require.NoError(t, err)
	w.Clock.Stop(start)
	status, answer := w.api("PATCH", "/company", map[string]int{"contact_per_hour": 1})
	require.Equal(t, http.StatusOK, status, answer)
	first := w.team
	w.team, err = settings.CreateTeam(t.Context(), w.DB.DB, w.Company.ID, "test", newTeam())
	require.NoError(t, err)
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.SMS, Address: sampled})
		return err
	})
	w.text(from, "hello") // to the first team's number
	w.settle()
	require.Len(t, w.sim.Inbox(from), 2, "what they wrote, and the reply")
	said, err := w.sim.Text(t.Context(), w.door(), from, sampled, "hello")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, said.Status)
	w.settle()
	w.decision("skipped", "contact_budget", automations.CustomerFirstChat)
	require.NotEqual(t, first.ID, w.team.ID)
	w.later(61 * time.Minute)
	said, err = w.sim.Text(t.Context(), w.door(), "+13125550143", sampled, "hello")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, said.Status)
	w.settle()
	w.decision("sent", "sent", automations.CustomerFirstChat)
}

// TestLettersAndShortCodes: who cannot be answered by text is kept and seen, gets no
// automatic text, and raises no alarm.
func TestLettersAndShortCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start, err := time.Parse(time.RFC3339, whileOpen)
	require.NoError(t, err)
	w.Clock.Stop(start)
	for _, from := range []string{"SUPPORT", "72404"} {
		w.text(from, "Your parcel is on its way")
		w.settle()
		w.decision("skipped", "unreachable", automations.CustomerFirstChat)
		w.count(ticketsOf, from, 1)
		_, ticket := w.api("GET", w.ticketOf(from), nil)
		require.Equal(t, from, ticket["contact_address"])
	}
	w.Clock.Stop(start.Add(12 * time.Hour))
	w.text("SUPPORT", "It comes tomorrow")
	w.settle()
	w.count(ticketsOf, "SUPPORT", 1)
	var alarms int
	require.NoError(t, w.DB.Get(&alarms, `select (select count(*) from deliveries) + (select count(*) from strays)
		+ (select count(*) from notices where kind not in ('new_ticket', 'message')) + (select count(*) from events where fault is not null)`))
	require.Zero(t, alarms)
}
