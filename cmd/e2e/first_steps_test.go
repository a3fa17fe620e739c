package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	simulated "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
	"ringback/gateway/inbox"
	"ringback/settings"
	"ringback/settings/staff"
)

// TestTheFirstSteps: a new team's list checks itself, one thing after the other, and
// what Twilio says of its number stands at the number.
func TestTheFirstSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start, err := time.Parse(time.RFC3339, whileOpen)
	require.NoError(t, err)
	w.Clock.Stop(start)
	who := staff.Principal{CompanyID: w.Company.ID, Who: "Ada", Role: settings.RoleAdmin}
	senders, err := settings.ListSenders(t.Context(), w.DB, w.Company.ID, w.team.ID, "", 9)
	require.NoError(t, err)
	number := senders[0]
	steps := func() inbox.FirstSteps {
		t.Helper()
		f, err := w.Desk.FirstSteps(t.Context(), who, w.team.ID)
		require.NoError(t, err)
		return f
	}
	check := func(set bool) settings.SenderCheck {
		t.Helper()
		c, err := w.Desk.CheckSender(t.Context(), who, w.team.ID, number.ID, set)
		require.NoError(t, err)
		return c
	}
	require.Equal(t, inbox.FirstSteps{Hours: true}, steps(), "a team begins with its weekdays")

	wrong := check(false)
	require.False(t, wrong.Right())
	require.Equal(t, "message", wrong.Wrong()[0].What)
	require.Equal(t, w.PublicURL()+"/webhooks/twilio/messages"+twilio.Repeats, wrong.Wrong()[0].Needs)
	require.False(t, steps().Number)
	told := func() (n int) {
		require.NoError(t, w.DB.Get(&n, `select count(*) from notices where kind = 'sender_silent' and about ->> 'word' = 'unwired'`))
		return n
	}
	require.Equal(t, 1, told(), "the admins hear of it")
	require.False(t, check(false).Right())
	require.Equal(t, 1, told(), "once")
	_, err = w.DB.Exec(`update senders set created_at = $1`, start.AddDate(0, 0, -2))
	require.NoError(t, err)
	_, err = w.DB.Exec(`update sender_checks set at = $1`, start.AddDate(0, 0, -2))
	require.NoError(t, err)
	require.NoError(t, w.Gateway.CheckSenders(t.Context()))
	require.Equal(t, 1, told())
	var asked bool
	require.NoError(t, w.DB.Get(&asked, `select bool_and(at = $2) from sender_checks where sender_id = $1`, number.ID, w.Clock.Now()))
	require.True(t, asked, "once a day it is asked by itself")
	w.sim.Fault(simulated.Fault{On: "numbers", Status: http.StatusUnauthorized, Code: 20003})
	require.Equal(t, "credentials", check(false).Fault)
	w.sim.ClearFaults()

	require.True(t, check(true).Right(), "it is entered at Twilio for whoever asks for that")
	require.True(t, check(false).Right())
	require.True(t, steps().Number)

	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Teams = "Maria", "maria@example.com", settings.RoleManager, []string{w.team.ID}
	m, err = settings.CreateMember(t.Context(), w.DB.DB, w.Company.ID, "test", m)
	require.NoError(t, err)
	require.True(t, steps().People)
	maria := staff.Principal{CompanyID: w.Company.ID, Who: "Maria", StaffID: m.ID, Teams: m.Teams, Role: m.Role}
	require.ErrorContains(t, w.Desk.TestSender(t.Context(), maria, w.team.ID, number.ID), "no_own_phone")
	_, err = w.DB.Exec(`update staff set phone = $1 where id = $2`, "+13125550190", m.ID)
	require.NoError(t, err)
	require.NoError(t, w.Desk.TestSender(t.Context(), maria, w.team.ID, number.ID))
	w.settle()
	require.Equal(t, []string{"This is a test: Service can send texts from this number."}, bodies(w.sim.Inbox("+13125550190")))
	require.Equal(t, inbox.FirstSteps{Number: true, Hours: true, People: true, Text: true}, steps())
	require.True(t, steps().Shown())

	w.text(caller, "Hello")
	w.settle()
	require.True(t, steps().Done())
	require.False(t, steps().Shown())
	_, err = w.Desk.CheckSender(t.Context(), who, w.team.ID, w.team.ID, false)
	require.ErrorIs(t, err, settings.ErrNotFound)
}

func bodies(messages []simulated.Message) (said []string) {
	for _, m := range messages {
		said = append(said, m.Body)
	}
	return said
}
