package phone

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/settings"
)

const maria = "+13125550190"

// newCalledWorld is one whose number takes calls, which go by in no time but
// wait for whoever plays them; Maria's phone rings at all hours.
func newCalledWorld(t *testing.T) *world {
	w := newWorld(t, "", func(c *twilio.Config) { c.Auto, c.Patient, c.CallSecond = true, true, time.Millisecond })
	w.sim.Advisor("", twilio.Advisor{Ends: "no-answer"})
	ctx := t.Context()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = "Maria", "maria@example.com", settings.RoleAdvisor, maria, []string{w.sender.TeamID}
	m, err := settings.CreateMember(ctx, w.db, w.sender.CompanyID, "test", m)
	require.NoError(t, err)
	_, err = settings.EditTeam(ctx, w.db, w.sender.CompanyID, w.sender.TeamID, "test", func(e *settings.Edit) error {
		if _, err := e.AddSender(ctx, settings.Sender{Kind: channels.Voice, Address: ours}); err != nil {
			return err
		}
		always := settings.Schedule{
			Title: "Always", TimeZone: "America/Chicago", StartsAt: "2026-01-01T00:00", EndsAt: "2026-01-02T00:00",
			RRule: &daily, Enabled: true, Advisors: settings.Advisors{m.ID},
		}
		if _, err := e.AddSchedule(ctx, always); err != nil {
			return err
		}
		team := e.Team
		team.Voice.Options = []settings.Option{{Digit: "1", Label: "Maria", To: settings.ToAdvisors, Advisors: []string{m.ID}}}
		return e.SaveTeam(ctx, team)
	})
	require.NoError(t, err)
	return w
}

var daily = "FREQ=DAILY"

// do gives an order that is taken.
func (w *world) do(order ...string) {
	w.t.Helper()
	status, told := w.post("/phone/calls", w.form(append([]string{"app", "call"}, order...)...))
	require.Equal(w.t, http.StatusNoContent, status, told)
}

func TestACallIsPlayedFromBothEnds(t *testing.T) {
	w := newCalledWorld(t)
	next := w.states("app", "call")
	s := next(says("No call yet.", `value="call"`))
	require.Empty(t, s.Parts["thread"], "another app’s")
	w.do("do", "call")
	next(says("you have reached Service", "1: Maria", "Waits for a key", `class="keypad awaited"`, "Hang up", "Call tree"))
	next(says("The call came in: signature checked", "Has the call tree read out", "The call goes on"))
	for _, c := range []struct {
		order  []string
		status int
		field  string
	}{
		{[]string{"do", "call"}, 409, "do"}, // there is one
		{[]string{"do", "press", "keys", "one"}, 422, "keys"},
		{[]string{"do", "press"}, 422, "keys"},
		{[]string{"do", "press", "keys", "111111111111111111111"}, 422, "keys"},
		{[]string{"do", "speak", "seconds", "0"}, 422, "seconds"},
		{[]string{"do", "speak", "seconds", "181"}, 422, "seconds"},
		{[]string{"do", "speak", "seconds", "eight"}, 422, "seconds"},
		{[]string{"do", "accept", "advisor", maria}, 409, "advisor"}, // it does not ring yet
		{[]string{"do", "leave"}, 409, "advisor"},
		{[]string{"do", "dance"}, 422, "do"},
		{[]string{}, 422, "do"},
		{[]string{"do", "hang_up", "customer", ben}, 409, "do"}, // who is in no call
	} {
		status, told := w.post("/phone/calls", w.form(c.order...))
		require.Equal(t, c.status, status, "%v: %v", c.order, told)
		require.Equal(t, c.field, told.Errors[0].Field, "%v", c.order)
	}

	w.do("do", "press", "keys", "1")
	next(says("You press 1", "Maria’s phone rings", "is being called", "Decline"))
	next(says("The caller chose 1", "The phones of Maria ring", "The call goes on"))
	w.do("do", "accept", "advisor", maria)
	next(says("Maria picks up and hears: <q>", "You talk with Maria", "Hang up as Maria"))
	next(says("Maria took the call", "The call goes on"))
	w.do("do", "leave", "advisor", maria)
	next(says("Ended after", "settles it a few seconds later"))
	next(says("They talked for", "The provider called back: the call is over", "Called, and was answered.", "The call was settled from its journal"))
}

func TestWhatNobodyTakesGoesToVoicemail(t *testing.T) {
	w := newCalledWorld(t)
	next := w.states("app", "call")
	w.do("do", "call")
	next(says("Waits for a key"))
	w.do("do", "press", "keys", "1")
	next(says("is being called"))
	w.do("do", "decline", "advisor", maria)
	s := next(says("The tone: what you say is recorded", "Speak for"))
	require.NotContains(t, s.Parts["call"], "keypad")
	require.NotContains(t, s.Parts["team"], "Maria", "whose phone is quiet again")
	w.do("do", "speak", "seconds", "8")
	next(says("You speak"))
	w.do("do", "hang_up")
	next(says("Called, and left a voicemail."))
}
