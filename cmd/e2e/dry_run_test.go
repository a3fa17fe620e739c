package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/settings/automations"
	"ringback/settings/rest/resttest"
)

// everything is all that the database holds, table by table.
const everything = `
select coalesce(string_agg(name || ' ' || held, e'\n' order by name), '') from (
	select c.relname as name, (xpath('/row/h/text()', query_to_xml(format(
		'select md5(string_agg(t::text, ''|'' order by t::text)) as h from %I t', c.relname), false, true, '')))[1]::text as held
	from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')) each
where held is not null`

func (w *world) everything() string {
	w.t.Helper()
	var all string
	require.NoError(w.t, w.DB.Get(&all, everything))
	return all
}

// tryOut makes a dry run and returns what would come of the event.
func (w *world) tryOut(client resttest.Client, body map[string]any) map[string]any {
	w.t.Helper()
	return client.Must(http.StatusOK, "POST", "/teams/"+w.team.ID+"/dry-run", body)
}

// What a dry run says is what happens: the same event right afterwards leads to
// the same decision, the same facts and the same text. And the dry run itself
// leaves everything as it was.
func TestDryRunIsWhatHappens(t *testing.T) {
	w := called(t, whileOpen, answers)
	client := resttest.Serve(t, w.Router, bootstrapKey)
	rapid.Check(t, func(r *rapid.T) {
		from := fmt.Sprintf("+1312555%04d", rapid.IntRange(100, 106).Draw(r, "from"))
		w.Clock.Stop(w.Clock.Now().Add(time.Duration(rapid.IntRange(1, 20*60).Draw(r, "minutes")) * time.Minute))
		body := map[string]any{"contact": from, "at": w.Clock.Now()}
		var live func()
		if rapid.Bool().Draw(r, "a call") {
			call := rapid.SampledFrom([]string{"answered", "voicemail", "hung_up", "missed"}).Draw(r, "outcome")
			body["event"] = map[string]any{"kind": "call", "outcome": call}
			live = func() { w.callWith(from, call) }
		} else {
			text := rapid.SampledFrom([]string{"Anybody?", "STOP", "start", "Help", "Yes", "Grüße, ☃"}).Draw(r, "text")
			body["event"] = map[string]any{"kind": "message", "text": text}
			live = func() { w.text(from, text) }
		}
		before := w.everything()
		told := w.tryOut(client, body)
		require.Equal(r, before, w.everything(), "nothing is changed")

		live()
		w.later(10 * time.Minute)
		happened := resttest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/decisions?limit=1&contact=%2B"+from[1:], nil))
		decision := told["decision"].(map[string]any)
		for _, field := range []string{"automation", "outcome", "reason"} {
			require.Equal(r, happened[0][field], decision[field], "%s of %v", field, body["event"])
		}
		require.Equal(r, happened[0]["text"], told["text"])
		require.Equal(r, told["channel"] != nil, happened[0]["delivery"] != nil)
		require.Empty(r, cmp.Diff(happened[0]["facts"], decision["facts"]))
	})
}

// callWith plays a call to that end, as the provider tells it.
func (w *world) callWith(from, outcome string) {
	w.t.Helper()
	seconds := 30
	lines := []channels.Event{{Kind: channels.CallArrived}}
	step := map[string]channels.Step{
		"answered": channels.StepAnswered, "voicemail": channels.StepRecording,
		"hung_up": channels.StepGreeting, "missed": channels.StepVoicemailPrompt,
	}[outcome]
	lines = append(lines, channels.Event{Kind: channels.CallStepped, Call: &channels.Call{Step: step}})
	if outcome == "voicemail" {
		lines = append(lines, channels.Event{Kind: channels.CallRecorded, Call: &channels.Call{Recording: &channels.Recording{ID: "RE1", Seconds: 10}}})
	}
	lines = append(lines, channels.Event{Kind: channels.CallEnded, Call: &channels.Call{Status: "completed", Seconds: &seconds}})
	sid := newSID()
	for n := range lines {
		e := &lines[n]
		if e.Call == nil {
			e.Call = &channels.Call{}
		}
		e.Call.ID, e.ProviderID, e.Sender, e.Account = sid, sid+"/"+string(e.Kind), channels.Voice, accountSID
		e.Ours, e.Theirs = ours, from
		require.NoError(w.t, w.Gateway.Receive(w.t.Context(), []channels.Event{*e}))
		if n == 0 {
			w.Clock.Stop(w.Clock.Now().Add(30 * time.Second))
		}
	}
	w.settle()
}

func TestDryRunNeverCallsAProvider(t *testing.T) {
	w := called(t, atNight, answers)
	client := resttest.Serve(t, w.Router, bootstrapKey)
	w.change(automations.CustomerHangsUp, func(s *automations.Setting) { s.Options[automations.DelaySeconds] = 120 })
	before := w.everything()
	for _, event := range []map[string]any{
		{"kind": "message", "text": "Anybody?"},
		{"kind": "message", "text": "STOP"},
		{"kind": "call"},
		{"kind": "call", "step": "greeting"},
		{"kind": "call", "step": "menu"},
		{"kind": "call", "outcome": "voicemail"},
		{"kind": "call", "outcome": "too_short"},
		{"kind": "message", "text": "Hi", "channel": "whatsapp"},
		{"kind": "message", "channel": "webchat"},
	} {
		for _, at := range []any{nil, "2026-12-24T20:00:00Z", "2031-07-01T15:00:00Z", "2001-01-01T00:00:00Z"} {
			told := w.tryOut(client, map[string]any{"event": event, "at": at})
			require.NotEmpty(t, told["decision"].(map[string]any)["reason"], event)
		}
	}
	held := w.tryOut(client, map[string]any{"event": map[string]any{"kind": "call", "step": "greeting"}, "at": whileOpen})
	require.Equal(t, "deferred", held["decision"].(map[string]any)["outcome"])
	require.NotEmpty(t, held["text"], "what goes out when it is released")
	require.Equal(t, "sms", held["channel"])
	w.settle()
	require.Equal(t, before, w.everything())
	require.Empty(t, w.sim.Messages())
	require.Empty(t, w.sim.State().Calls)
}

func TestDryRunOfWhatCannotBe(t *testing.T) {
	w := called(t, atNight, answers)
	client := resttest.Serve(t, w.Router, bootstrapKey)
	path := "/teams/" + w.team.ID + "/dry-run"
	message := map[string]any{"kind": "message", "text": "Hi"}
	for field, body := range map[string]map[string]any{
		"event":         {},
		"event.kind":    {"event": map[string]any{"kind": "fax"}},
		"event.text":    {"event": map[string]any{"kind": "call", "text": "Hi"}},
		"event.outcome": {"event": map[string]any{"kind": "message", "outcome": "missed"}},
		"event.step":    {"event": map[string]any{"kind": "call", "outcome": "missed", "step": "menu"}},
		"at":            {"event": message, "at": "0001-01-01T00:00:00Z"},
		"contact":       {"event": message, "contact": "01940000-0000-7000-8000-000000000000"},
		"colour":        {"event": message, "colour": "red"},
	} {
		require.Contains(t, client.Refused(http.StatusUnprocessableEntity, "POST", path, body), field)
	}
	require.Equal(t, "unreachable", w.tryOut(client, map[string]any{"event": message, "contact": "555"})["decision"].(map[string]any)["reason"])
	require.Equal(t, "withheld", w.tryOut(client, map[string]any{"event": map[string]any{"kind": "call"}, "contact": "anonymous"})["decision"].(map[string]any)["reason"])
	client.Refused(http.StatusNotFound, "POST", "/teams/01940000-0000-7000-8000-000000000000/dry-run", map[string]any{"event": message})
}
