package e2e

import (
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/chaos/wire"
	"ringback/settings"
	"ringback/settings/automations"
)

const (
	caller    = "+13125550142"
	answers   = "+15005557001"
	voicePath = "/webhooks/twilio/voice"
	callsPath = "/webhooks/twilio/calls"
)

// phones gives the team a number that can be called and an advisor who rings
// on its weekdays.
func (w *world) phones(advisor string) {
	w.t.Helper()
	ctx := w.t.Context()
	m := settings.NewMember()
	m.Name, m.Email, m.Role, m.Phone, m.Teams = "Maria", "maria@example.com", settings.RoleAdvisor, advisor, []string{w.team.ID}
	made, err := settings.CreateMember(ctx, w.DB.DB, w.Company.ID, "test", m)
	require.NoError(w.t, err)
	w.edit(func(e *settings.Edit) error {
		if _, err := e.AddSender(ctx, settings.Sender{Kind: channels.Voice, Address: ours}); err != nil {
			return err
		}
		all, err := settings.ListSchedules(ctx, w.DB, w.Company.ID, w.team.ID, "", settings.MaxSchedules)
		if err != nil {
			return err
		}
		all[0].Advisors = settings.Advisors{made.ID}
		_, err = e.SaveSchedule(ctx, all[0])
		return err
	})
}

// ring plays a whole call and lets it settle, with all that the provider tells
// of it, each thing twice.
func (w *world) ring(from string, play ...twilio.CallOption) {
	w.t.Helper()
	call, err := w.sim.Call(w.t.Context(), w.PublicURL()+voicePath, from, ours, append(play, twilio.WithCallStatus(w.PublicURL()+callsPath))...)
	require.NoError(w.t, err)
	require.Empty(w.t, call.Faults(), "TwiML that the provider would not take")
	w.settle()
}

// later moves the clock and lets what is due then be done.
func (w *world) later(by time.Duration) {
	w.t.Helper()
	w.Clock.Stop(w.Clock.Now().Add(by))
	w.settle()
}

// called is a world in which the team can be called at a time.
func called(t *testing.T, at, advisor string, changes ...func(*app.Config)) *world {
	t.Helper()
	w := newWorld(t, changes...)
	w.phones(advisor)
	start, err := time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	w.Clock.Stop(start)
	return w
}

// decided are the decisions, the oldest first, as outcome, reason, automation.
func (w *world) decided() [][3]string {
	w.t.Helper()
	var rows []struct{ Outcome, Reason, Automation string }
	require.NoError(w.t, w.DB.Select(&rows, `select outcome, reason, coalesce(automation, '-') as automation from decisions order by id`))
	var all [][3]string
	for _, row := range rows {
		all = append(all, [3]string{row.Outcome, row.Reason, row.Automation})
	}
	return all
}

const (
	whileOpen = "2026-06-01T10:00:00-05:00"
	atNight   = "2026-06-01T22:00:00-05:00"
	nobody    = "+15005557004" // never answers
	mobile    = "+15005557002" // answers by its own voicemail, which presses no key
)

// TestCalls: where a caller gives up decides which text they get. Whatever
// order the provider tells it in, and if it leaves out how the ringing or the
// recording's action ended, it is the same.
func TestCalls(t *testing.T) {
	voicemail := twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp)
	for name, c := range map[string]struct {
		at, advisor string
		play        []twilio.CallOption
		outcome     string
		automation  string
		ticket      string // its kind; empty: none
	}{
		"hung up in the greeting":  {whileOpen, answers, []twilio.CallOption{twilio.HangUp(channels.StepGreeting, 4*time.Second)}, "hung_up", automations.CustomerHangsUp, "missed_call"},
		"hung up while it rang":    {whileOpen, answers, []twilio.CallOption{twilio.HangUp(channels.StepRinging)}, "hung_up", automations.CustomerHangsUp, "missed_call"},
		"nobody answered":          {whileOpen, nobody, []twilio.CallOption{twilio.HangUp(channels.StepVoicemailPrompt)}, "missed", automations.CustomerCallMissed, "missed_call"},
		"a mobile's own voicemail": {whileOpen, mobile, []twilio.CallOption{twilio.HangUp(channels.StepVoicemailPrompt)}, "missed", automations.CustomerCallMissed, "missed_call"},
		"left a voicemail":         {whileOpen, nobody, []twilio.CallOption{voicemail}, "voicemail", automations.CustomerLeavesVoicemail, "voicemail"},
		"answered":                 {whileOpen, answers, nil, "answered", automations.AfterSuccessfulCall, "call"},
		"after hours":              {atNight, answers, []twilio.CallOption{twilio.HangUp(channels.StepVoicemailPrompt, 4*time.Second)}, "missed", automations.AfterHoursCall, "missed_call"},
		"a voicemail after hours":  {atNight, answers, []twilio.CallOption{voicemail}, "voicemail", automations.AfterHoursCall, "voicemail"},
	} {
		for order, arrange := range map[string]func([]twilio.CallCallback) []twilio.CallCallback{
			"in order": func(told []twilio.CallCallback) []twilio.CallCallback { return told },
			"backwards": func(told []twilio.CallCallback) []twilio.CallCallback {
				slices.Reverse(told)
				return told
			},
			"without the advisors' legs": func(told []twilio.CallCallback) []twilio.CallCallback {
				return slices.DeleteFunc(told, func(c twilio.CallCallback) bool { return c.Kind == twilio.ToldLeg })
			},
		} {
			t.Run(name+", "+order, func(t *testing.T) {
				t.Parallel()
				w := called(t, c.at, c.advisor)
				w.ring(caller, append([]twilio.CallOption{twilio.Arrange(arrange)}, c.play...)...)
				w.later(40 * time.Second)
				require.Equal(t, [][3]string{{"sent", "sent", c.automation}}, w.decided())
				require.Len(t, w.sim.Inbox(caller), 1)
				var was []string
				require.NoError(t, w.DB.Select(&was, `select outcome from calls`))
				require.Equal(t, []string{c.outcome}, was)
				var kinds []string
				require.NoError(t, w.DB.Select(&kinds, `select kind from tickets`))
				require.Equal(t, c.ticket, strings.Join(kinds, " "))
				w.nothingFailed()
			})
		}
	}
}

func TestFiveRedialsAreOneText(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	for range 5 {
		w.ring(caller, twilio.HangUp(channels.StepRinging))
		w.later(12 * time.Second)
	}
	require.Len(t, w.sim.Inbox(caller), 1)
	require.Equal(t, [3]string{"skipped", "already_sent", automations.CustomerHangsUp}, w.decided()[4])

	// The 15 minutes are of the text, which may come some time after its call.
	w.change(automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 300 })
	w.later(time.Hour)
	w.ring(caller, twilio.HangUp(channels.StepRinging))
	w.later(40 * time.Second) // by which it is settled
	w.later(5 * time.Minute)
	require.Len(t, w.sim.Inbox(caller), 2)
	w.later(10 * time.Minute)
	w.ring(caller, twilio.HangUp(channels.StepRinging))
	w.later(40 * time.Second)
	w.later(5 * time.Minute)
	require.Len(t, w.sim.Inbox(caller), 2)
	require.Equal(t, [3]string{"skipped", "already_sent", automations.CustomerHangsUp}, w.decided()[6])
}

func TestTwoCallsAtOnceAreTwoDecisions(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	var calling sync.WaitGroup
	both := make(chan struct{}, 2)
	for range 2 {
		calling.Go(func() {
			call, err := w.sim.Call(t.Context(), w.PublicURL()+voicePath, caller, ours, twilio.WithCallStatus(w.PublicURL()+callsPath),
				twilio.HangUp(channels.StepRinging), twilio.Watch(func(now twilio.CallState) {
					if now.Step == channels.StepGreeting && now.Doing == "say" { // neither goes on before the other has come
						both <- struct{}{}
						for len(both) < 2 {
							runtime.Gosched()
						}
					}
				}))
			if err != nil || len(call.Faults()) > 0 {
				t.Errorf("%v %v", err, call.Faults())
			}
		})
	}
	calling.Wait()
	w.settle()
	w.later(40 * time.Second)
	require.Len(t, w.decided(), 2)
	require.ElementsMatch(t, []string{"sent", "already_sent"}, []string{w.decided()[0][1], w.decided()[1][1]})
	require.Len(t, w.sim.Inbox(caller), 1)
}

func TestCallsThatGetNoText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, reason string
		play         twilio.CallOption
	}{
		"withheld":               {"anonymous", "withheld", twilio.HangUp(channels.StepRinging)},
		"keypad spelling":        {"+266696687", "withheld", twilio.HangUp(channels.StepRinging)},
		"a wrong number":         {caller, "too_short", twilio.HangUp(channels.StepGreeting, time.Second)},
		"before an answer":       {caller, "too_short", twilio.HangUp(twilio.BeforeAnswer)},
		"by SIP, withheld":       {"sip:anonymous@anonymous.invalid", "withheld", twilio.HangUp(channels.StepRinging)},
		"an advisor's own phone": {answers, "withheld", twilio.HangUp(channels.StepVoicemailPrompt)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := called(t, whileOpen, answers)
			w.ring(c.from, c.play)
			w.later(40 * time.Second)
			require.Equal(t, c.reason, w.decided()[0][1])
			require.Empty(t, w.sim.Messages())
			w.nothingFailed()
		})
	}
}

// TestALineThatSendsItsCallersOn: whoever called it is not the line.
func TestALineThatSendsItsCallersOn(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	for range 2 {
		w.ring(caller, twilio.HangUp(channels.StepRinging), twilio.WithCallParams(url.Values{"ForwardedFrom": {caller}}))
		w.later(40 * time.Second)
	}
	require.Equal(t, "withheld", w.decided()[0][1])
	require.Empty(t, w.sim.Messages())
	var people int
	require.NoError(t, w.DB.Get(&people, `select count(distinct contact_id) from calls`))
	require.Equal(t, 2, people)
}

// TestWhoHearsABusyTone rings nobody: a caller who is blocked, and our own call
// that an advisor's phone sends back.
func TestWhoHearsABusyTone(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	w.text(caller, "Hello")
	w.settle()
	_, err := w.DB.Exec(`update contacts set blocked_at = now()`)
	require.NoError(t, err)
	texts := len(w.sim.Messages())
	for _, from := range []string{ours, answers, caller} {
		forwarded := map[string]string{answers: answers}[from]
		call, err := w.sim.Call(t.Context(), w.PublicURL()+voicePath, from, ours,
			twilio.WithCallStatus(w.PublicURL()+callsPath), twilio.WithCallParams(url.Values{"ForwardedFrom": {forwarded}}))
		require.NoError(t, err)
		require.Empty(t, call.Faults())
		require.Equal(t, "busy", call.State().Status, from)
		w.later(40 * time.Second)
	}
	w.later(40 * time.Second) // the end of the last came after the time had passed
	require.Len(t, w.sim.Messages(), texts)
	var open int
	require.NoError(t, w.DB.Get(&open, `select count(*) from tickets where kind <> 'message'`))
	require.Zero(t, open)
	var blocked []string
	require.NoError(t, w.DB.Select(&blocked, `select d.reason from decisions d join addresses a using (contact_id) where a.address = $1 and d.event_kind = 'call'`, caller))
	require.Equal(t, []string{"blocked"}, blocked)
	w.nothingFailed()
}

// TestACallThatNeverEnds: the provider's last word does not come, and the
// sweep closes the call.
func TestACallThatNeverEnds(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	w.ring(caller, twilio.HangUp(channels.StepVoicemailPrompt), twilio.Arrange(func(told []twilio.CallCallback) []twilio.CallCallback {
		return slices.DeleteFunc(told, func(c twilio.CallCallback) bool { return c.Kind == twilio.ToldFinal })
	}))
	w.later(time.Minute)
	require.Empty(t, w.decided())
	w.later(2 * time.Minute)
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerCallMissed}}, w.decided())
}

// TestHeldBack: the reply waits, and goes out unless an advisor was quicker.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	for _, quicker := range []bool{false, true} {
		w := called(t, whileOpen, answers)
		w.change(automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 120 })
		w.ring(caller, twilio.HangUp(channels.StepRinging))
		w.later(10 * time.Second)
		require.Equal(t, [][3]string{{"deferred", "held_back", automations.CustomerHangsUp}}, w.decided())
		require.Empty(t, w.sim.Messages())
		want := [3]string{"sent", "sent", automations.CustomerHangsUp}
		if quicker { // they call again, and while they talk the text is due
			w.ring(caller, twilio.Watch(func(now twilio.CallState) {
				if now.Step == channels.StepAnswered && !now.Over {
					w.drain(t.Context())
					w.Clock.Stop(w.Clock.Now().Add(2 * time.Minute))
					w.drain(t.Context())
				}
			}))
			want = [3]string{"skipped", "customer_reached", automations.CustomerHangsUp}
		}
		w.later(2 * time.Minute)
		require.Equal(t, want, w.decided()[0])
		said := map[bool]string{false: "Sorry we couldn't pick up", true: "Thanks for your call."}[quicker]
		require.Len(t, w.sim.Messages(), 1)
		require.Contains(t, w.sim.Messages()[0].Body, said)
	}
}

// TestTheTextAfterACallNamesWhoAnswered: a text in the team's own words can say with
// whom the customer spoke.
func TestTheTextAfterACallNamesWhoAnswered(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	w.change(automations.AfterSuccessfulCall, func(s *automations.Setting) { s.Message = "You spoke with {{advisor_name}}." })
	w.ring(caller)
	w.later(40 * time.Second)
	require.Len(t, w.sim.Messages(), 1)
	require.Contains(t, w.sim.Messages()[0].Body, "You spoke with Maria.")
}

// TestMissedCallOnTickets: a missed call is logged on the open ticket, or makes
// one when the team wants that.
func TestMissedCallOnTickets(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	w.text(caller, "Is my mower ready?")
	w.settle()
	w.ring(caller, twilio.HangUp(channels.StepRinging))
	w.later(40 * time.Second)
	var logged int
	require.NoError(t, w.DB.Get(&logged, `select count(*) from calls c join tickets t on t.id = c.ticket_id where t.kind = 'message'`))
	require.Equal(t, 1, logged)
	require.Contains(t, w.timeline(), `"type":"call","author":"customer","step":"ringing","waited_seconds":`)

	w.edit(func(e *settings.Edit) error {
		team := e.Team
		team.CreateTicketForMissedCalls = true
		return e.SaveTeam(t.Context(), team)
	})
	w.ring("+13125550143", twilio.HangUp(channels.StepRinging))
	w.later(40 * time.Second)
	var kinds []string
	require.NoError(t, w.DB.Select(&kinds, `select kind from tickets order by number`))
	require.Equal(t, []string{"message", "missed_call"}, kinds)
}

// TestARecordingAfterSettling: the recording comes when the call was settled as
// missed; it makes its voicemail's ticket, and no second text.
func TestARecordingAfterSettling(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, nobody)
	var late []twilio.CallCallback
	w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp), twilio.Arrange(func(told []twilio.CallCallback) []twilio.CallCallback {
		return slices.DeleteFunc(told, func(c twilio.CallCallback) bool {
			hold := c.Kind == twilio.ToldRecording || c.Params.Get("RecordingUrl") != ""
			if hold {
				late = append(late, c)
			}
			return hold
		})
	}))
	w.later(40 * time.Second)
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerCallMissed}}, w.decided())
	require.NotEmpty(t, late)
	for _, c := range late {
		status, said := w.post(webhook{path: strings.TrimPrefix(c.URL, w.PublicURL()), body: c.Params.Encode()})
		require.Equal(t, http.StatusOK, status, said)
	}
	w.later(time.Second)
	var kinds []string
	require.NoError(t, w.DB.Select(&kinds, `select kind from tickets order by number`))
	require.Equal(t, []string{"missed_call", "voicemail"}, kinds)
	require.Len(t, w.decided(), 1)
	require.Len(t, w.sim.Inbox(caller), 1)
}

// TestSettledIsSettledForAReplyThatIsHeld: what is told of a call, or changed in the
// settings, while its reply is held back makes no other reply of it.
func TestSettledIsSettledForAReplyThatIsHeld(t *testing.T) {
	t.Parallel()
	recorded := func(w *world, late []twilio.CallCallback) {
		for _, c := range late {
			status, said := w.post(webhook{path: strings.TrimPrefix(c.URL, w.PublicURL()), body: c.Params.Encode()})
			require.Equal(t, http.StatusOK, status, said)
		}
	}
	for name, c := range map[string]struct {
		at        string
		meanwhile func(*world, []twilio.CallCallback)
		held      string
		want      [2]string
	}{
		"nothing":       {whileOpen, func(*world, []twilio.CallCallback) {}, automations.CustomerCallMissed, [2]string{"sent", "sent"}},
		"the recording": {whileOpen, recorded, automations.CustomerCallMissed, [2]string{"sent", "sent"}},
		"it is switched off": {atNight, func(w *world, _ []twilio.CallCallback) {
			w.change(automations.AfterHoursCall, func(s *automations.Setting) { s.Enabled = false })
		}, automations.AfterHoursCall, [2]string{"skipped", "disabled"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := called(t, c.at, nobody)
			w.change(c.held, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 120 })
			var late []twilio.CallCallback
			w.ring(caller, twilio.LeaveVoicemail(8*time.Second, twilio.ByHangUp), twilio.Arrange(func(told []twilio.CallCallback) []twilio.CallCallback {
				return slices.DeleteFunc(told, func(c twilio.CallCallback) bool {
					recording := c.Kind == twilio.ToldRecording || c.Params.Get("RecordingUrl") != ""
					if recording {
						late = append(late, c)
					}
					return recording
				})
			}))
			w.later(40 * time.Second)
			require.Equal(t, [][3]string{{"deferred", "held_back", c.held}}, w.decided())
			c.meanwhile(w, late)
			w.later(2 * time.Minute)
			require.Equal(t, [][3]string{{c.want[0], c.want[1], c.held}}, w.decided())
			texts := w.sim.Inbox(caller)
			require.Equal(t, c.want[0] == "sent", len(texts) == 1, texts)
			if len(texts) > 0 {
				require.Contains(t, texts[0].Body, "Sorry we missed your call.")
			}
		})
	}
}

// TestACallWhileTheDatabaseIsAway: the caller hears the flow all the same, and
// the journal is written when the database is back.
func TestACallWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	var cable *wire.Wire
	var direct *sqlx.DB
	w := opened(t, func(c *app.Config) {
		var err error
		direct, err = sqlx.Open("postgres", c.DatabaseURL)
		require.NoError(t, err)
		t.Cleanup(func() { _ = direct.Close() })
		cable, c.DatabaseURL = newWire(t, c.DatabaseURL)
		c.FastTimeout = 0 // nobody waits for a database that is away
	})
	w.phones(answers)
	w.ring(caller, twilio.HangUp(channels.StepRinging)) // the number is known from here on
	w.later(40 * time.Second)
	require.Len(t, w.sim.Inbox(caller), 1)

	cable.Cut(true)
	call, err := w.sim.Call(t.Context(), w.PublicURL()+voicePath, "+13125550143", ours, twilio.HangUp(channels.StepRinging), twilio.WithCallStatus(w.PublicURL()+callsPath))
	require.NoError(t, err)
	require.Empty(t, call.Faults())
	require.Equal(t, channels.StepRinging, call.State().Step, "it rang")
	cable.Cut(false)

	require.Eventually(t, func() bool {
		var steps int
		return direct.Get(&steps, `select count(*) from events where kind = 'call_step' and payload->'Call'->>'id' = $1`, call.SID()) == nil && steps == 2
	}, settled, 20*time.Millisecond, "greeting and ringing are written down")
	w.settle()
	w.later(40 * time.Second)
	require.Len(t, w.sim.Inbox("+13125550143"), 1)
}

// TestAPhoneSystemOfTheirOwn: the team's own system names the steps, and the
// final status ends the call where it was.
func TestAPhoneSystemOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	status := func(step, word, number string) {
		form := url.Values{
			"AccountSid": {accountSID}, "CallSid": {"CA0000000000000000000000000000000a"}, "From": {caller}, "To": {ours},
			"Direction": {"inbound"}, "CallStatus": {word}, "SequenceNumber": {number}, "CallDuration": {"31"},
		}
		for range 2 {
			answer, err := w.sim.Post(t.Context(), w.PublicURL()+callsPath+step, form)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, answer.Status, answer.Body)
		}
	}
	status("?step=greeting", "in-progress", "0")
	status("?step=ringing", "in-progress", "1")
	status("", "completed", "2")
	w.settle()
	w.later(40 * time.Second)
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerHangsUp}}, w.decided())
	require.Len(t, w.sim.Inbox(caller), 1)
}

// TestStepsOverTheAPI: the team's own phone system reports its steps over the
// API, and only the end comes from the provider.
func TestStepsOverTheAPI(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	const sid = "CA0000000000000000000000000000000b"
	report := func(body string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL()+"/api/v1/teams/"+w.team.ID+"/calls/"+sid+"/steps", strings.NewReader(body))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+w.Config.BootstrapKey)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	for range 2 {
		require.Equal(t, http.StatusCreated, report(`{"step": "ringing", "at": "2026-06-01T15:00:00Z"}`))
	}
	require.Equal(t, http.StatusUnprocessableEntity, report(`{"step": "dancing"}`))
	require.Equal(t, http.StatusUnprocessableEntity, report(`{"step": "ringing", "advisor": "nobody"}`))
	answer, err := w.sim.Post(t.Context(), w.PublicURL()+callsPath, url.Values{
		"AccountSid": {accountSID}, "CallSid": {sid}, "From": {caller}, "To": {ours}, "Direction": {"inbound"}, "CallStatus": {"completed"}, "CallDuration": {"20"},
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status, answer.Body)
	w.settle()
	w.later(40 * time.Second)
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerHangsUp}}, w.decided())
}

// timeline is the newest ticket's, as the API shows it.
func (w *world) timeline() string {
	w.t.Helper()
	var ticket string
	require.NoError(w.t, w.DB.Get(&ticket, `select id from tickets order by number desc limit 1`))
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.URL()+"/api/v1/teams/"+w.team.ID+"/tickets/"+ticket, nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+w.Config.BootstrapKey)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, response.StatusCode, "%s", body)
	return string(body)
}

// TestTheCallTree: an option leads to another team, to which the call belongs
// from there on; a key that nobody offered plays the menu once more.
func TestTheCallTree(t *testing.T) {
	t.Parallel()
	w := called(t, whileOpen, answers)
	ctx := t.Context()
	sales := settings.NewTeam()
	sales.Name, sales.DisplayName, sales.TimeZone = "Sales", "Sales", w.team.TimeZone
	sales, err := settings.CreateTeam(ctx, w.DB.DB, w.Company.ID, "test", sales)
	require.NoError(t, err)
	_, err = settings.EditTeam(ctx, w.DB.DB, w.Company.ID, sales.ID, "test", func(e *settings.Edit) error {
		_, err := e.AddSender(ctx, settings.Sender{Kind: channels.SMS, Address: "+13125550101"})
		return err
	})
	require.NoError(t, err)
	w.edit(func(e *settings.Edit) error {
		team := e.Team
		team.Voice.Options = []settings.Option{
			{Digit: "1", Label: "Service", To: settings.ToVoicemail, Advisors: []string{}},
			{Digit: "2", Label: "Sales", To: settings.ToTeam, Advisors: []string{}, Team: sales.ID},
		}
		return e.SaveTeam(ctx, team)
	})
	w.ring(caller, twilio.Press("9", "2"), twilio.HangUp(channels.StepVoicemailPrompt))
	w.later(40 * time.Second)
	require.Equal(t, [][3]string{{"sent", "sent", automations.CustomerCallMissed}}, w.decided())
	var text struct{ From, Text string }
	require.NoError(t, w.DB.Get(&text, `select from_address as "from", text from deliveries`))
	require.Equal(t, "+13125550101", text.From)
	require.Equal(t, "Green Valley - Sales: Sorry we missed your call. Reply here with how we can help and we'll get back to you.", text.Text)

	w.ring("+13125550143", twilio.Press("1"), twilio.LeaveVoicemail(5*time.Second, twilio.ByHangUp))
	w.later(40 * time.Second)
	require.Equal(t, [3]string{"sent", "sent", automations.CustomerLeavesVoicemail}, w.decided()[1])
	w.ring("+13125550144", twilio.HangUp(channels.StepMenu))
	w.later(40 * time.Second)
	require.Equal(t, [3]string{"sent", "sent", automations.CustomerCallMissed}, w.decided()[2])
	w.nothingFailed()
}
