package e2e

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/chaos/wire"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/webhooks/api/apitest"
)

// rung are the phones that a call rang, one document after the other.
func rung(call *twilio.Call) []string {
	var all []string
	for _, asked := range call.Exchanges() {
		if _, rest, dials := strings.Cut(asked.Answer.Body, "<Number"); dials {
			_, rest, _ = strings.Cut(rest, ">")
			number, _, _ := strings.Cut(rest, "</Number>")
			all = append(all, strings.TrimSpace(number))
		}
	}
	return all
}

// TestTheLastAdvisorRingsFirst: whoever has the caller's open ticket, if it is
// not older than a week and they are on the schedule; then the others.
func TestTheLastAdvisorRingsFirst(t *testing.T) {
	t.Parallel()
	const ben = "+15005557003" // is busy
	w := called(t, whileOpen, nobody)
	ctx := t.Context()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = "Ben", "ben@example.com", settings.RoleAdvisor, ben, []string{w.team.ID}
	m, err := settings.CreateMember(ctx, w.DB.DB, w.Company.ID, "test", m)
	require.NoError(t, err)
	w.edit(func(e *settings.Edit) error {
		all, err := settings.ListSchedules(ctx, w.DB, w.Company.ID, w.team.ID, "", settings.MaxSchedules)
		if err != nil {
			return err
		}
		all[0].Advisors = append(all[0].Advisors, m.ID)
		_, err = e.SaveSchedule(ctx, all[0])
		return err
	})
	w.text(caller, "Is my mower ready?")
	w.settle()
	rings := func() []string {
		call, err := w.sim.Call(ctx, w.PublicURL()+voicePath, caller, ours, twilio.HangUp(channels.StepVoicemailPrompt), twilio.WithCallStatus(w.PublicURL()+callsPath))
		require.NoError(t, err)
		require.Empty(t, call.Faults())
		w.settle()
		w.later(40 * time.Second)
		return rung(call)
	}
	assign := func(to string, days int) {
		_, err := w.DB.Exec(`update tickets set assignee = $1, opened_at = $2`, to, w.Clock.Now().AddDate(0, 0, -days))
		require.NoError(t, err)
	}
	last := func(on bool) {
		w.edit(func(e *settings.Edit) error {
			team := e.Team
			team.RingLastAdvisor = on
			return e.SaveTeam(ctx, team)
		})
	}
	assign(m.ID, 3)
	require.Equal(t, []string{nobody, ben}, rings(), "it is switched off")
	last(true)
	require.Equal(t, []string{ben, nobody}, rings())
	assign(m.ID, 8)
	require.Equal(t, []string{nobody, ben}, rings(), "the ticket is too old")
	assign(m.ID, 3)
	w.edit(func(e *settings.Edit) error {
		all, err := settings.ListSchedules(ctx, w.DB, w.Company.ID, w.team.ID, "", settings.MaxSchedules)
		if err != nil {
			return err
		}
		all[0].Advisors = all[0].Advisors[:1]
		_, err = e.SaveSchedule(ctx, all[0])
		return err
	})
	require.Equal(t, []string{nobody}, rings(), "they are off duty")
	w.nothingFailed()
}

// TestARestartBeforeACallIsSettled: the gateway is stopped after a call's final
// status, and started again on the same database: one decision, one text.
func TestARestartBeforeACallIsSettled(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	w.change(automations.CustomerLeavesVoicemail, func(s *automations.Setting) { s.Message = "Thanks for ringing." })
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
	require.Empty(t, w.decided())
	w.stop()
	w.App, w.stop = w.start()
	require.Empty(t, w.decided())
	w.later(6 * time.Second)
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerLeavesVoicemail}}, w.decided())
	w.stop()
	w.App, w.stop = w.start()
	w.later(time.Hour)
	require.Len(t, w.sim.Inbox(caller), 1)
	w.nothingFailed()
}

// TestAnAdvisorsKeyIsEnough: the end of ringing does not say that two people
// were connected, and the call's journal is not written yet. The advisor
// pressed 1 all the same: it is the end of their conversation, not the turn of
// the next advisor.
func TestAnAdvisorsKeyIsEnough(t *testing.T) {
	t.Parallel()
	const sid, leg = "CA0000000000000000000000000000000c", "CA0000000000000000000000000000001c"
	w := called(t, whileOpen, answers, func(c *app.Config) { c.FastTimeout = time.Nanosecond }) // no database is as quick: only what is waited for is known
	say := func(path string, fields ...string) string {
		form := url.Values{"AccountSid": {accountSID}, "CallSid": {sid}, "From": {caller}, "To": {ours}, "Direction": {"inbound"}, "CallStatus": {"in-progress"}}
		status, body := w.post(webhook{path: path, body: changed(form, fields)})
		require.Equal(t, http.StatusOK, status, body)
		return body
	}
	say(voicePath)
	ringing := say(voicePath + "/next?at=ring")
	require.Contains(t, ringing, "at=whisper")
	var sender string
	require.NoError(t, w.DB.Get(&sender, `select id from senders where kind = 'voice'`))
	stuck, err := w.DB.Beginx()
	require.NoError(t, err)
	defer func() { _ = stuck.Rollback() }()
	_, err = stuck.Exec(`lock table calls in access exclusive mode`)
	require.NoError(t, err)

	ended := []string{"DialCallStatus", "completed", "DialCallSid", leg, "DialBridged", ""}
	require.Contains(t, say(voicePath+"/next?at=dialed", ended...), "at=voicemail", "nobody pressed a key")
	say(voicePath+"/next?at=accept&advisor=x&sender="+sender, "CallSid", leg, "ParentCallSid", sid, "Digits", "1", "Direction", "outbound-dial")
	require.NotContains(t, say(voicePath+"/next?at=dialed&option=9", ended...), "at=voicemail")
	require.NoError(t, stuck.Rollback())
}

// TestAQuestionRightAfterACall: at night a rating waits for the morning, but not
// within half an hour of the customer's own call.
func TestAQuestionRightAfterACall(t *testing.T) {
	t.Parallel()
	for late, want := range map[time.Duration][3]string{
		29 * time.Minute: {"sent", "sent", automations.CaptureAdvisorRating},
		31 * time.Minute: {"deferred", "quiet_hours", automations.CaptureAdvisorRating},
	} {
		w := called(t, atNight, nobody)
		w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp))
		w.later(40 * time.Second)
		client := apitest.Serve(t, w.Router, bootstrapKey)
		team := "/teams/" + w.team.ID
		ticket := apitest.Items(client.Must(http.StatusOK, "GET", team+"/tickets", nil))[0]
		w.later(late - 40*time.Second)
		client.Must(http.StatusOK, "PATCH", team+"/tickets/"+ticket["id"].(string), map[string]any{"status": "closed"})
		w.settle()
		all := w.decided()
		require.Equal(t, want, all[len(all)-1], late)
	}
}

// TestALandline: that a number cannot be texted is learned once, said in words,
// and remembered.
func TestALandline(t *testing.T) {
	t.Parallel()
	for _, landline := range []string{"+15005553006", "+15005550009"} { // refused later, and at once
		w := called(t, whileOpen, answers)
		w.edit(func(e *settings.Edit) error {
			team := e.Team
			team.CreateTicketForMissedCalls = true
			return e.SaveTeam(t.Context(), team)
		})
		w.ring(landline, twilio.HangUp(channels.StepRinging))
		w.later(40 * time.Second)
		require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerHangsUp}}, w.decided())
		var delivery struct{ State, Reason, Error string }
		require.NoError(t, w.DB.Get(&delivery, `select state, reason, error from deliveries`))
		require.Contains(t, []string{"undelivered", "failed"}, delivery.State)
		require.Equal(t, "unreachable", delivery.Reason)
		require.Contains(t, delivery.Error, "could not be texted: ")
		require.Contains(t, w.timeline(), `"detail":"`+delivery.Error+`"`)

		w.later(time.Hour)
		w.ring(landline, twilio.HangUp(channels.StepRinging))
		w.later(40 * time.Second)
		require.Equal(t, [3]string{"skipped", "unreachable", automations.CustomerHangsUp}, w.decided()[1])
		require.Contains(t, w.timeline(), `"reason":"unreachable"`)
		w.nothingFailed()
	}
}

// TestACallOfAnAccountOfTheirOwn: a company's own account signs with a secret
// that stands in the database. While that is away the caller hears the flow
// all the same, and a forger still hears nothing.
func TestACallOfAnAccountOfTheirOwn(t *testing.T) {
	t.Parallel()
	const theirs, token, number = "AC0000000000000000000000000000000e", "a token of their own", "+13125550177"
	var cable *wire.Wire
	w := opened(t, func(c *app.Config) {
		c.SecretKey = base64.StdEncoding.EncodeToString(make([]byte, 32))
		cable, c.DatabaseURL = newWire(t, c.DatabaseURL)
		c.FastTimeout = 0 // nobody waits for a database that is away
	})
	w.phones(answers)
	w.sim.Account(theirs, token) // a token is asked about at the provider before it counts
	body := `{"kind": "voice", "address": "` + number + `", "account": {"account_sid": "` + theirs + `", "auth_token": "` + token + `"}}`
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL()+"/api/v1/teams/"+w.team.ID+"/senders", strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+w.Config.BootstrapKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	w.stop()
	w.App, w.stop = w.start() // a start learns who may sign; nobody has called yet

	cable.Cut(true)
	call, err := w.sim.Call(t.Context(), w.PublicURL()+voicePath, caller, number, twilio.ToCallAccount(theirs), twilio.HangUp(channels.StepRinging))
	require.NoError(t, err)
	require.Empty(t, call.Faults())
	require.Equal(t, channels.StepRinging, call.State().Step, "it rang")
	form := url.Values{"AccountSid": {theirs}, "CallSid": {"CA0000000000000000000000000000000d"}, "From": {caller}, "To": {number}, "CallStatus": {"ringing"}}
	status, words := w.post(webhook{path: voicePath, body: form.Encode(), token: "a guess"})
	require.Equal(t, http.StatusForbidden, status, words)
	cable.Cut(false)
	require.Eventually(t, func() bool {
		var steps int
		return w.DB.Get(&steps, `select count(*) from events where kind = 'call_step' and payload->'Call'->>'id' = $1`, call.SID()) == nil && steps == 2
	}, settled, 20*time.Millisecond, "the journal is written down")
}
