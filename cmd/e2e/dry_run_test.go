package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/channels"
	"ringback/settings/automations"
	"ringback/webhooks/api/apitest"
)

// everything is all that the database holds, table by table; but for what the
// staff are told, which goes on beside it.
const everything = `
select coalesce(string_agg(name || ' ' || held, e'\n' order by name), '') from (
	select c.relname as name, (xpath('/row/h/text()', query_to_xml(format(
		'select md5(string_agg(t::text, ''|'' order by t::text)) as h from %I t', c.relname), false, true, '')))[1]::text as held
	from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
		and c.relname not like 'notice%' and c.relname <> 'escalations') each
where held is not null`

func (w *world) everything() string {
	w.t.Helper()
	var all string
	require.NoError(w.t, w.DB.Get(&all, everything))
	return all
}

// alone stops the work beside the gateway's, which writes by itself some time after the
// clock has moved: whatever changes during a dry run is then its own doing.
func (w *world) alone() { w.StopBeside() }

// tryOut makes a dry run and returns what would come of the event.
func (w *world) tryOut(client apitest.Client, body map[string]any) map[string]any {
	w.t.Helper()
	return client.Must(http.StatusOK, "POST", "/teams/"+w.team.ID+"/dry-run", body)
}

// What a dry run says is what happens: the same event right afterwards leads to
// the same decision, the same facts and the same text. And the dry run itself
// leaves everything as it was.
func TestDryRunIsWhatHappens(t *testing.T) {
	w := called(t, whileOpen, answers)
	w.alone()
	client := apitest.Serve(t, w.Router, bootstrapKey)
	situation := func(r *rapid.T) {
		from := fmt.Sprintf("+1312555%04d", rapid.IntRange(100, 106).Draw(r, "from"))
		minutes := rapid.IntRange(1, 20*60).Draw(r, "minutes")
		w.Clock.Stop(w.Clock.Now().Add(time.Duration(minutes) * time.Minute))
		if rapid.IntRange(0, 9).Draw(r, "a holiday") == 0 {
			today := w.Clock.Now().UTC().Format(time.DateOnly)
			client.Must(http.StatusCreated, "POST", "/teams/"+w.team.ID+"/holidays", map[string]any{"title": "A day off", "from": today, "messages": map[string]string{
				automations.AfterHoursText: "A day off, {{customer_name}}!", automations.AfterHoursCall: "We call back.",
			}})
		}
		if rapid.IntRange(0, 3).Draw(r, "somebody says what they meant") == 0 {
			w.settleRefusal(client, from, rapid.Bool().Draw(r, "an opt-out"))
		}
		body := map[string]any{"contact": from, "at": w.Clock.Now()}
		var live func()
		if rapid.Bool().Draw(r, "a call") {
			call := rapid.SampledFrom([]string{"answered", "voicemail", "hung_up", "missed"}).Draw(r, "outcome")
			body["event"] = map[string]any{"kind": "call", "outcome": call}
			live = func() { w.callWith(from, call) }
		} else {
			text := rapid.SampledFrom([]string{"Anybody?", "STOP", "start", "Help", "Yes", "Grüße, ☃", "Stop texting me until Monday", "can you stop texting me?"}).Draw(r, "text")
			body["event"] = map[string]any{"kind": "message", "text": text}
			live = func() { w.text(from, text) }
		}
		w.triedAndPlayed(r, client, body, live)
	}
	rapid.Check(t, situation) // other situations each time; TestDryRunIsWhatHappensByEveryRoad has the same ones
}

// triedAndPlayed tries an event, lets it happen, and compares.
func (w *world) triedAndPlayed(r require.TestingT, client apitest.Client, body map[string]any, live func()) {
	w.t.Helper()
	at, from := w.Clock.Now(), body["contact"].(string)
	before := w.everything()
	told := w.tryOut(client, body)
	require.Equal(r, before, w.everything(), "nothing is changed")

	live()
	w.later(5 * time.Second) // by which a call is settled, as late as a trial has it
	w.later(10 * time.Minute)
	happened := apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/decisions?limit=1&contact=%2B"+from[1:], nil))[0]
	decision := told["decision"].(map[string]any)
	if happened["reason"] != decision["reason"] { // what went before is no part of what can be played again
		w.t.Logf("at %s, %s and %v: tried %v, happened %v", at, from, body, told, happened)
	}
	for _, field := range []string{"automation", "outcome", "reason"} {
		require.Equal(r, happened[field], decision[field], "%s of %v", field, body["event"])
	}
	require.Equal(r, happened["text"], told["text"])
	require.Equal(r, told["channel"] != nil, happened["delivery"] != nil)
	require.Empty(r, cmp.Diff(happened["facts"], decision["facts"]))
}

// TestDryRunAsTheDayTurns: calls that begin when the team is closed and are settled when
// it is open, and the other way round, and those around midnight and before a day off.
func TestDryRunAsTheDayTurns(t *testing.T) {
	w := called(t, whileOpen, answers)
	w.alone()
	client := apitest.Serve(t, w.Router, bootstrapKey)
	client.Must(http.StatusCreated, "POST", "/teams/"+w.team.ID+"/holidays", map[string]any{"title": "A day off", "from": "2026-06-04", "messages": map[string]string{
		automations.AfterHoursCall: "We call back.",
	}})
	n := 0
	for _, day := range []string{"2026-06-02", "2026-06-03", "2026-06-04"} {
		for _, hour := range []string{"07:59:00", "07:59:26", "07:59:40", "16:59:00", "16:59:40", "23:59:00", "23:59:40"} {
			at, err := time.Parse(time.RFC3339, day+"T"+hour+"-05:00")
			require.NoError(t, err)
			for _, outcome := range []string{"answered", "voicemail", "hung_up", "missed"} {
				w.Clock.Stop(at)
				from := fmt.Sprintf("+1312555%04d", 200+n)
				body := map[string]any{"contact": from, "at": at, "event": map[string]any{"kind": "call", "outcome": outcome}}
				w.triedAndPlayed(t, client, body, func() { w.callWith(from, outcome) })
				n++
			}
		}
	}
}

// settleRefusal says what a customer meant who may have opted out, if anybody asks.
func (w *world) settleRefusal(client apitest.Client, from string, meant bool) {
	w.t.Helper()
	for _, c := range apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/contacts?address=%2B"+from[1:], nil)) {
		if c["refusal"] != nil {
			client.Must(http.StatusOK, "POST", "/teams/"+w.team.ID+"/contacts/"+c["id"].(string)+"/refusal", map[string]bool{"meant": meant})
		}
	}
}

// linkToPage is what differs between a trial and what happens: the secret part
// of the customer's link.
var linkToPage = regexp.MustCompile(`/r[/:][\w-]+`)

// The same for what an advisor does and for tickets that customers create: what
// is refused is refused with the same words.
func TestDryRunOfWhatAdvisorsDo(t *testing.T) {
	w := called(t, whileOpen, answers)
	w.alone()
	client := apitest.Serve(t, w.Router, bootstrapKey)
	team := "/teams/" + w.team.ID
	rapid.Check(t, func(r *rapid.T) {
		from := fmt.Sprintf("+1312555%04d", rapid.IntRange(100, 103).Draw(r, "from"))
		w.Clock.Stop(w.Clock.Now().Add(time.Duration(rapid.IntRange(1, 20*60).Draw(r, "minutes")) * time.Minute))
		w.settle() // what was due by then
		if rapid.IntRange(0, 3).Draw(r, "writes before") == 0 {
			w.text(from, rapid.SampledFrom([]string{"Anybody?", "STOP", "START", "Stop texting me until Monday"}).Draw(r, "text"))
			w.later(time.Minute)
		}
		if rapid.IntRange(0, 3).Draw(r, "somebody says what they meant") == 0 {
			w.settleRefusal(client, from, rapid.Bool().Draw(r, "an opt-out"))
		}
		event := rapid.SampledFrom([]map[string]any{
			{"kind": "ticket", "text": "My mower does not start"},
			{"kind": "request", "asks": "photo_video"},
			{"kind": "request", "asks": "photo_video", "message": "A picture of the blades, please"},
			{"kind": "request", "asks": "approval", "description": "Tune-up"},
			{"kind": "request", "asks": "rating"},
			{"kind": "request", "asks": "resolved"},
			{"kind": "request", "asks": "voicehub"},
			{"kind": "request", "asks": "payment", "amount": "1.50", "currency": "USD"},
			{"kind": "done"},
			{"kind": "closed"},
		}).Draw(r, "event")
		tickets := apitest.Items(client.Must(http.StatusOK, "GET", team+"/tickets?contact=%2B"+from[1:], nil))
		slices.SortStableFunc(tickets, newestFirst)
		if len(tickets) == 0 && event["kind"] != "ticket" || event["kind"] == tickets0(tickets, "status") || tickets0(tickets, "status") == "closed" && event["kind"] == "done" {
			return // nothing happens that could be compared
		}
		before := w.everything()
		told := client.Do("POST", team+"/dry-run", map[string]any{"contact": from, "at": w.Clock.Now(), "event": event})
		require.Equal(r, before, w.everything(), "nothing is changed")

		var live apitest.Answer
		ticket := team + "/tickets/" + tickets0(tickets, "id")
		switch event["kind"] {
		case "ticket":
			live = client.Do("POST", team+"/tickets", map[string]any{"address": from, "text": event["text"]})
		case "request":
			if event["asks"] == "voicehub" {
				live = client.Do("POST", team+"/contacts/"+tickets0(tickets, "contact")+"/share-voicehub", nil)
				break
			}
			body := maps.Clone(event)
			delete(body, "asks")
			body["kind"] = event["asks"]
			live = client.Do("POST", ticket+"/requests", body)
		default:
			live = client.Do("PATCH", ticket, map[string]any{"status": event["kind"]})
		}
		if live.Status >= 400 {
			require.Equal(r, live.Status, told.Status)
			require.Equal(r, live.JSON["detail"], told.JSON["detail"])
			return
		}
		require.Equal(r, http.StatusOK, told.Status, told.Text)
		decision := told.JSON["decision"].(map[string]any)
		kind := map[any]string{"ticket": "ticket", "request": "request", "done": "ticket_done", "closed": "ticket_closed"}[event["kind"]]
		if event["asks"] == "voicehub" {
			kind = "share"
		}
		w.settle()
		happened := w.decisionOf(client, from, kind)
		for _, field := range []string{"automation", "outcome", "reason"} {
			require.Equal(r, happened[field], decision[field], "%s of %v", field, event)
		}
		for hours := 0; happened["outcome"] == "deferred" && hours < 24; hours++ { // until it is released
			w.later(time.Hour)
			happened = w.decisionOf(client, from, kind)
		}
		require.Equal(r, linkToPage.ReplaceAllString(happened["text"].(string), "/r/"), linkToPage.ReplaceAllString(told.JSON["text"].(string), "/r/"))
		require.Equal(r, told.JSON["channel"] != nil, happened["delivery"] != nil)
	})
}

// In the chat on the company's website: what somebody new gets, and what
// somebody gets who writes on.
func TestDryRunOfTheChat(t *testing.T) {
	c := newChat(t)
	client := apitest.Serve(t, c.Router, bootstrapKey)
	c.Clock.Stop(time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC))
	event := map[string]any{"kind": "message", "channel": "webchat", "text": "Anybody there?"}
	contact, wrote := "", 0
	for range 2 {
		told := c.tryOut(client, map[string]any{"contact": contact, "at": c.Clock.Now(), "event": event})
		status, answer := c.ask("POST", "/messages", map[string]any{"id": fmt.Sprintf("message-%d", wrote), "text": event["text"]})
		require.Equal(t, http.StatusAccepted, status, answer)
		c.settle()
		happened := apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+c.team.ID+"/decisions?limit=1", nil))[0]
		for _, field := range []string{"automation", "outcome", "reason"} {
			require.Equal(t, happened[field], told["decision"].(map[string]any)[field], field)
		}
		require.Equal(t, happened["text"], told["text"])
		contact, wrote = happened["contact"].(string), wrote+1
	}
	ticket := map[string]any{"kind": "ticket", "channel": "webchat", "text": "My mower does not start"}
	require.NotEmpty(t, c.tryOut(client, map[string]any{"contact": contact, "event": ticket})["decision"].(map[string]any)["reason"])
}

// tickets0 is a field of the first ticket; empty: there is none.
func tickets0(tickets []map[string]any, field string) string {
	if len(tickets) == 0 {
		return ""
	}
	said, _ := tickets[0][field].(string)
	return said
}

// newestFirst is the order in which tickets are taken for a customer's: open ones,
// then those that were closed, the last of them first.
func newestFirst(a, b map[string]any) int {
	closed := func(ticket map[string]any) string {
		if ticket["status"] != "closed" {
			return "" // of these the list has the one opened last first
		}
		return fmt.Sprint(ticket["closed_at"])
	}
	one, other := closed(a), closed(b)
	if one == "" || other == "" {
		return strings.Compare(one, other)
	}
	return strings.Compare(other, one)
}

// decisionOf is the newest decision about a customer on an event of that kind.
func (w *world) decisionOf(client apitest.Client, from, kind string) map[string]any {
	w.t.Helper()
	for _, d := range apitest.Items(client.Must(http.StatusOK, "GET", "/teams/"+w.team.ID+"/decisions?limit=200&contact=%2B"+from[1:], nil)) {
		if d["event"].(map[string]any)["kind"] == kind {
			return d
		}
	}
	require.Fail(w.t, "no decision on "+kind)
	return nil
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
		e.SenderAddress, e.CustomerAddress = ours, from
		require.NoError(w.t, w.Gateway.Receive(w.t.Context(), []channels.Event{*e}))
		if n == 0 {
			w.Clock.Stop(w.Clock.Now().Add(30 * time.Second))
		}
	}
	w.settle()
}

func TestDryRunNeverCallsAProvider(t *testing.T) {
	w := called(t, atNight, answers)
	w.alone()
	client := apitest.Serve(t, w.Router, bootstrapKey)
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
		{"kind": "ticket", "text": "Hi"},
		{"kind": "done"},
		{"kind": "closed"},
		{"kind": "request", "asks": "photo_video"},
		{"kind": "request", "asks": "voicehub"},
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
	client := apitest.Serve(t, w.Router, bootstrapKey)
	path := "/teams/" + w.team.ID + "/dry-run"
	message := map[string]any{"kind": "message", "text": "Hi"}
	for field, body := range map[string]map[string]any{
		"event":         {},
		"event.kind":    {"event": map[string]any{"kind": "fax"}},
		"event.text":    {"event": map[string]any{"kind": "call", "text": "Hi"}},
		"event.outcome": {"event": map[string]any{"kind": "message", "outcome": "missed"}},
		"event.asks":    {"event": map[string]any{"kind": "request"}},
		"event.amount":  {"event": map[string]any{"kind": "request", "asks": "rating", "amount": 5}},
		"event.message": {"event": map[string]any{"kind": "message", "message": "Hi"}},
		"event.channel": {"event": map[string]any{"kind": "call", "channel": "sms"}},
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
