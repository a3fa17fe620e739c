package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/settings"
	"ringback/settings/automations"
)

// asksLines has the number that texts find out what line a number is before it is
// texted for the first time.
func (w *world) asksLines() {
	w.t.Helper()
	status, answer := w.api(http.MethodPatch, w.pathOf(channels.SMS), map[string]any{"line_types": true})
	require.Equal(w.t, http.StatusOK, status, answer)
}

// notTexted is that the newest text to a number did not leave, and why.
func (w *world) notTexted(number string) {
	w.t.Helper()
	w.settle()
	require.Empty(w.t, w.sim.Inbox(number))
	status, sent := w.api(http.MethodGet, "/deliveries?state=failed", nil)
	require.Equal(w.t, http.StatusOK, status, sent)
	newest := sent["items"].([]any)[0].(map[string]any)
	require.Equal(w.t, []any{number, "landline"}, []any{newest["to"], newest["reason"]})
	require.Contains(w.t, newest["explanation"], "landline")
}

// TestFirstTextsAskWhatLineItIs, by whatever road they go to a number that nobody
// knows: one that takes no texts is not texted, each is asked about once, and whoever
// wrote to us is not asked about at all.
func TestFirstTextsAskWhatLineItIs(t *testing.T) {
	t.Parallel()
	monday, err := time.Parse(time.RFC3339, "2026-06-01T22:00:00-05:00")
	require.NoError(t, err)
	for name, road := range map[string]func(w *world, number string){
		"conversation": func(w *world, number string) {
			status, made := w.api(http.MethodPost, "/teams/"+w.team.ID+"/conversations", map[string]any{"to": number, "text": "Your mower is ready"})
			require.Equal(w.t, http.StatusCreated, status, made)
		},
		"page": func(w *world, number string) {
			answer, page := w.hires("Ada", settings.RoleAdmin).asks(http.MethodPost, "/teams/"+w.team.ID+"/conversations", "to", number, "channel", "sms", "text", "Your mower is ready", "key", "")
			require.Equal(w.t, http.StatusSeeOther, answer.StatusCode, page)
		},
		"form": func(w *world, number string) { w.formSays("Dana", number, "It leaks") },
		"app": func(w *world, number string) {
			status, made := w.api(http.MethodPost, "/teams/"+w.team.ID+"/tickets", map[string]any{"address": number, "name": "Dana", "text": "It leaks"})
			require.Equal(w.t, http.StatusCreated, status, made)
		},
		"later": func(w *world, number string) {
			// Neither the ticket's own text nor the thanks that goes in its place.
			for _, key := range []string{automations.AfterHoursTicket, automations.CustomerFirstChat} {
				w.change(key, func(s *automations.Setting) { s.Enabled = false })
			}
			status, made := w.api(http.MethodPost, "/teams/"+w.team.ID+"/tickets", map[string]any{"address": number, "text": "It leaks"})
			require.Equal(w.t, http.StatusCreated, status, made)
			status, said := w.api(http.MethodPost, "/teams/"+w.team.ID+"/tickets/"+made["id"].(string)+"/messages",
				map[string]any{"text": "We will call", "send_at": w.Clock.Now().Add(time.Hour)})
			require.Equal(w.t, http.StatusCreated, status, said)
			w.later(time.Hour)
			require.Eventually(w.t, func() bool {
				w.settle()
				var sent int
				require.NoError(w.t, w.DB.Get(&sent, `select count(*) from deliveries where text = 'We will call' and to_address = $1`, number))
				return sent > 0
			}, settled, 10*time.Millisecond)
		},
		"instead of WhatsApp": func(w *world, number string) {
			w.byWhatsApp("")
			w.edit(func(e *settings.Edit) error {
				team := e.Team
				team.SMSFallback = true
				return e.SaveTeam(w.t.Context(), team)
			})
			(&story{world: w}).sends(number, meta.Object{"type": "text", "text": meta.Object{"body": "hello"}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			landline, mobile := "+13125550181", "+13125550182"
			switch name {
			case "instead of WhatsApp":
				landline, mobile = "+15005556026", "" // whom WhatsApp does not reach
			case "page": // nobody joins twice
				mobile = ""
			}
			w := newWorld(t)
			w.Clock.Stop(monday)
			w.change(automations.AfterHoursTicket, func(s *automations.Setting) { s.Enabled = true })
			w.asksLines()
			w.sim.Line(landline, "landline")
			road(w, landline)
			w.notTexted(landline)
			require.Equal(t, []string{landline}, w.sim.Lookups())
			if mobile == "" {
				return
			}
			road(w, mobile)
			w.settle()
			require.NotEmpty(t, w.sim.Inbox(mobile))
			require.Equal(t, []string{landline, mobile}, w.sim.Lookups())
		})
	}
}

// TestFirstTextsWaitForNobodyLong: a text waits a minute at most for a look-up that goes
// wrong, whoever wrote is not asked about, and an advisor's further text is refused once
// it is known.
func TestFirstTextsWaitForNobodyLong(t *testing.T) {
	t.Parallel()
	const landline, failing, dana = "+13125550181", "+13125550183", "+13125550184"
	w := newWorld(t)
	monday, err := time.Parse(time.RFC3339, "2026-06-01T10:00:00-05:00")
	require.NoError(t, err)
	w.Clock.Stop(monday)
	begin := func(number string) (int, map[string]any) {
		return w.api(http.MethodPost, "/teams/"+w.team.ID+"/conversations", map[string]any{"to": number, "text": "Your mower is ready"})
	}
	begin("+13125550185")
	w.settle()
	require.Len(t, w.sim.Inbox("+13125550185"), 1, "it is off by default")
	require.Empty(t, w.sim.Lookups())

	w.asksLines()
	w.text(dana, "hello")
	w.settle()
	require.NotEmpty(t, w.sim.Inbox(dana))
	require.Empty(t, w.sim.Lookups(), "whoever writes takes texts")

	w.sim.Fault(twilio.Fault{On: "lookup", Status: 500})
	begin(failing)
	w.settle()
	require.Empty(t, w.sim.Inbox(failing), "it waits for the look-up")
	w.later(59 * time.Second)
	require.Empty(t, w.sim.Inbox(failing))
	w.later(2 * time.Second)
	require.Len(t, w.sim.Inbox(failing), 1, "and no longer than a minute")
	w.sim.ClearFaults()

	w.sim.Line(landline, "landline")
	begin(landline)
	w.notTexted(landline)
	var told int
	require.NoError(t, w.DB.Get(&told, `select count(*) from notices where kind = 'delivery_failed'`))
	require.Equal(t, 1, told)
	status, refused := begin(landline)
	require.Equal(t, http.StatusConflict, status, refused)
	require.Equal(t, "landline", refused["errors"].([]any)[0].(map[string]any)["code"])

	// Of a call that is over before the answer is there, the text waits for it.
	w.phones(answers)
	status, answer := w.api(http.MethodPatch, w.pathOf(channels.Voice), map[string]any{"line_types": true})
	require.Equal(t, http.StatusOK, status, answer)
	const caller = "+13125550186"
	w.sim.Line(caller, "landline")
	w.sim.Fault(twilio.Fault{On: "lookup", Times: 2, Status: 500})
	w.ring(caller, twilio.HangUp(channels.StepRinging))
	w.later(20 * time.Second)
	w.decision("sent", "sent", automations.CustomerHangsUp)
	w.later(35 * time.Second) // the third time it is asked, give or take a tenth
	w.notTexted(caller)
}
