package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/meta"
	"ringback/settings"
	"ringback/settings/automations"
	"ringback/webhooks/api/apitest"
)

// situations is how many events are tried and then played; each has its number for a seed.
const situations = 320

// trials is one team that can be reached by every road there is, and the people who
// reach it: each number writes by SMS and by WhatsApp both ways, and calls.
type trials struct {
	*chat
	client apitest.Client
	team   string

	*rand.Rand
	n        int // of the situation
	from     string
	visitors []visitor
	blocked  string         // the path of a contact
	seen     map[string]int // how often an event came by each road, for what it led to
}

// visitor is one browser, and the contact that it turned out to be.
type visitor struct{ token, contact string }

// road is one way in which something comes from a customer.
type road struct {
	name  string
	event func(*trials) map[string]any
	live  func(*trials, map[string]any)
	kind  string // of the decision's event
}

func messageBy(channel string) func(*trials) map[string]any {
	return func(t *trials) map[string]any {
		return map[string]any{"kind": "message", "channel": channel, "text": t.words()}
	}
}

func callBy(channel string, outcomes ...string) func(*trials) map[string]any {
	return func(t *trials) map[string]any {
		event := map[string]any{"kind": "call", "outcome": one(t, outcomes...)}
		if channel != "" {
			event["channel"] = channel
		}
		return event
	}
}

var roads = []road{
	{"sms", messageBy("sms"), func(t *trials, e map[string]any) { t.text(t.from, e["text"].(string)) }, "message"},
	{"WhatsApp by Meta", messageBy("whatsapp_cloud"), (*trials).byMeta, "message"},
	{"WhatsApp by Twilio", messageBy("whatsapp_twilio"), (*trials).byTwilio, "message"},
	{"web chat", messageBy("webchat"), (*trials).inChat, "message"},
	{"call", callBy("", "answered", "voicemail", "hung_up", "missed"), func(t *trials, e map[string]any) { t.callWith(t.from, e["outcome"].(string)) }, "call"},
	{"WhatsApp call", callBy("whatsapp", "answered", "missed"), (*trials).callByMeta, "call"},
	{"app", ticketBy, (*trials).inApp, "ticket"},
	{"contact form", ticketBy, (*trials).onForm, "ticket"},
}

func ticketBy(*trials) map[string]any {
	return map[string]any{"kind": "ticket", "text": "My mower does not start"}
}

func one[T any](t *trials, of ...T) T { return of[t.IntN(len(of))] }

// words are what a customer writes: something to say, an answer, a gesture, or that they
// want no more, want it again, or want help.
func (t *trials) words() string {
	switch t.IntN(8) {
	case 0:
		return one(t, "STOP", "stop.", "please stop texting me", "Stop texting me until Monday", "can you stop texting me?")
	case 1:
		return one(t, "START", "unstop", "Help", "INFO")
	case 2:
		return `Liked “Green Valley - Service: Thanks for reaching out!”`
	case 3, 4:
		return one(t, "Yes", "no", "5", "2!", "approved", "👍")
	}
	return one(t, "Anybody?", "Grüße, ☃", "When do you open?", "Thanks!")
}

func (t *trials) byMeta(e map[string]any) {
	_, status, err := t.graph.Say(t.t.Context(), t.graphDoor(), t.from, meta.Object{"type": "text", "text": meta.Object{"body": e["text"]}})
	require.NoError(t.t, err)
	require.Equal(t.t, http.StatusOK, status)
}

func (t *trials) byTwilio(e map[string]any) {
	answer, err := t.sim.Text(t.t.Context(), t.door(), "whatsapp:"+t.from, "whatsapp:"+oursOnWhatsApp, e["text"].(string))
	require.NoError(t.t, err)
	require.Equal(t.t, http.StatusOK, answer.Status, answer.Body)
}

func (t *trials) inChat(e map[string]any) {
	status, answer := t.ask("POST", "/messages", map[string]any{"id": fmt.Sprintf("message-%d", t.n), "text": e["text"]})
	require.Equal(t.t, http.StatusAccepted, status, answer)
}

func (t *trials) inApp(e map[string]any) {
	t.client.Must(http.StatusCreated, "POST", t.team+"/tickets", map[string]any{"address": t.from, "text": e["text"]})
}

func (t *trials) onForm(e map[string]any) {
	answer, err := http.PostForm(t.URL()+"/c/"+t.chat.team.ID, url.Values{"name": {"Dana"}, "phone": {t.from}, "text": {e["text"].(string)}})
	require.NoError(t.t, err)
	require.NoError(t.t, answer.Body.Close())
	require.Equal(t.t, http.StatusOK, answer.StatusCode)
}

func (t *trials) callByMeta(e map[string]any) {
	call, taken := t.graph.Ring(t.from), time.Duration(0)
	status, err := t.graph.Connect(t.t.Context(), t.graphDoor(), call)
	require.NoError(t.t, err)
	require.Equal(t.t, http.StatusOK, status)
	t.Clock.Stop(t.Clock.Now().Add(30 * time.Second))
	if e["outcome"] == "answered" {
		taken = 30 * time.Second
	}
	status, err = t.graph.Terminate(t.t.Context(), t.graphDoor(), call, 30*time.Second, taken)
	require.NoError(t.t, err)
	require.Equal(t.t, http.StatusOK, status)
}

// TestDryRunIsWhatHappensByEveryRoad: what Try it says of an event is what the same event
// leads to right afterwards, for everything that comes from customers, and trying it
// leaves all as it was.
func TestDryRunIsWhatHappensByEveryRoad(t *testing.T) {
	c := newChat(t)
	c.phones(answers)
	c.byWhatsApp("")
	c.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: oursOnWhatsApp})
		return err
	})
	c.alone()
	s := &trials{chat: c, client: apitest.Serve(t, c.Router, bootstrapKey), team: "/teams/" + c.team.ID, seen: map[string]int{}}
	start, err := time.Parse(time.RFC3339, whileOpen)
	require.NoError(t, err)
	s.Clock.Stop(start)
	for s.n = range situations {
		s.Rand = rand.New(rand.NewPCG(uint64(s.n), 14)) //nolint:gosec // the same situations each time
		s.pass()
		for range s.IntN(3) {
			one(s, changes...)(s)
		}
		s.play(roads[s.n%len(roads)])
	}
	t.Logf("%v", s.seen)
	for _, r := range roads {
		require.NotZero(t, s.seen[r.name+" sent"], "nothing goes out on %s", r.name)
	}
	for _, reason := range []string{
		"already_sent", "answer", "blocked", "contact_budget", "disabled", "held_back", "help", "opted_in", "opted_out", "team_budget", "ticket_open", "unclear_opt_out",
	} {
		require.NotZero(t, s.seen[reason], "nothing is %s", reason)
	}
}

// pass lets minutes or hours go by, and what was due by then happen.
func (t *trials) pass() {
	minutes := one(t, 1+t.IntN(3), 7+t.IntN(30), 60*(1+t.IntN(20)))
	t.later(time.Duration(minutes) * time.Minute)
}

// play tries what comes by a road, lets it happen, and compares.
func (t *trials) play(r road) {
	t.t.Helper()
	if t.from == "" || t.IntN(2) == 0 {
		t.from = fmt.Sprintf("+1312555%04d", 120+t.IntN(20))
	}
	who := t.from
	switch r.name {
	case "contact form": // who is known is not believed: see TestNobodySpeaksAsAnother
		t.from = fmt.Sprintf("+1312555%04d", 200+t.n)
		who = t.from
		defer func() { t.from = "" }()
	case "web chat":
		who = t.visit()
	}
	event := r.event(t)
	about := fmt.Sprintf("situation %d at %s: %s of %q: %v", t.n, t.Clock.Now(), r.name, who, event)
	checked := t.n%8 == t.n/8%8 // each road in turn: it takes half the test's time
	before := ""
	if checked {
		before = t.everything()
	}
	told := t.tryOut(t.client, map[string]any{"contact": who, "at": t.Clock.Now(), "event": event})
	if checked {
		require.Equal(t.t, before, t.everything(), "nothing is changed, %s", about)
	}
	last := t.newest(r.kind)
	r.live(t, event)
	t.later(map[string]time.Duration{"call": 5 * time.Second}[r.kind]) // by which a call is settled
	happened := t.newest(r.kind)
	require.NotEqual(t.t, last["id"], happened["id"], "nothing was decided, %s", about)
	if r.name == "web chat" {
		t.visitors[t.at(t.token)].contact, _ = happened["contact"].(string)
	}
	decision := told["decision"].(map[string]any)
	for _, field := range []string{"automation", "outcome", "reason"} {
		require.Equal(t.t, happened[field], decision[field], "%s, %s: %v", field, about, decision["facts"])
	}
	require.Empty(t.t, cmp.Diff(happened["facts"], decision["facts"]), about)
	t.seen[r.name+" "+decision["outcome"].(string)]++
	t.seen[decision["reason"].(string)]++
	if happened["outcome"] == "deferred" {
		t.later(5 * time.Minute)
		happened = t.client.Must(http.StatusOK, "GET", t.team+"/decisions/"+happened["id"].(string), nil)
	}
	require.Equal(t.t, happened["text"], told["text"], about)
	require.Equal(t.t, happened["delivery"] != nil, told["channel"] != nil, about)
}

// newest is the last decision on an event of a kind.
func (t *trials) newest(kind string) map[string]any {
	t.t.Helper()
	for _, d := range apitest.Items(t.client.Must(http.StatusOK, "GET", t.team+"/decisions?limit=5", nil)) {
		if d["event"].(map[string]any)["kind"] == kind {
			return d
		}
	}
	return nil
}

// visit takes one of three browsers, or a new one, and returns whose it is.
func (t *trials) visit() (contact string) {
	if at := t.IntN(4); at < len(t.visitors) {
		t.token = t.visitors[at].token
		return t.visitors[at].contact
	}
	t.enter()
	t.visitors = append(t.visitors, visitor{token: t.token})
	return ""
}

func (t *trials) at(token string) int {
	for n, v := range t.visitors {
		if v.token == token {
			return n
		}
	}
	return -1
}

// changes are what goes on between the events.
var changes = []func(*trials){
	(*trials).advises, (*trials).advises, (*trials).advises, (*trials).asks, (*trials).asks, (*trials).blocks, (*trials).means, (*trials).switches, (*trials).switches, (*trials).rewords, (*trials).caps, (*trials).hours, (*trials).rests,
}

// ticket is the newest of whoever was heard last, or any team's; nil: there is none.
func (t *trials) ticket() map[string]any {
	t.t.Helper()
	query := "limit=1"
	if t.from != "" {
		query += "&contact=%2B" + t.from[1:]
	}
	all := apitest.Items(t.client.Must(http.StatusOK, "GET", t.team+"/tickets?"+query, nil))
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// advises writes to a customer, is done with their ticket, or closes it.
func (t *trials) advises() {
	ticket := t.ticket()
	if ticket == nil {
		return
	}
	path := t.team + "/tickets/" + ticket["id"].(string)
	switch t.IntN(3) {
	case 0:
		t.client.Do("POST", path+"/messages", map[string]any{"text": "Let me see."}) // who wants no texts gets none
	case 1:
		t.client.Do("PATCH", path, map[string]any{"status": "done"})
	default:
		t.client.Do("PATCH", path, map[string]any{"status": "closed", "resolved": t.IntN(2) == 0})
	}
	t.settle()
}

// asks asks a customer something that they can answer by writing.
func (t *trials) asks() {
	if ticket := t.ticket(); ticket != nil {
		body := map[string]any{"kind": one(t, "approval", "rating", "resolved"), "description": "Tune-up"}
		if body["kind"] != "approval" {
			delete(body, "description")
		}
		t.client.Do("POST", t.team+"/tickets/"+ticket["id"].(string)+"/requests", body)
		t.settle()
	}
}

// blocks blocks one customer, and whoever was blocked no more.
func (t *trials) blocks() {
	if t.blocked != "" {
		t.client.Must(http.StatusOK, "PATCH", t.blocked, map[string]any{"blocked": false})
	}
	if ticket := t.ticket(); ticket != nil {
		t.blocked = t.team + "/contacts/" + ticket["contact"].(string)
		t.client.Must(http.StatusOK, "PATCH", t.blocked, map[string]any{"blocked": true})
	}
}

// means says what somebody meant who may have opted out.
func (t *trials) means() {
	if ticket := t.ticket(); ticket != nil {
		t.client.Do("POST", t.team+"/contacts/"+ticket["contact"].(string)+"/refusal", map[string]bool{"meant": t.IntN(3) == 0})
	}
}

// switches turns an automation on or off; most are on.
func (t *trials) switches() {
	key := one(t, automations.AfterHoursText, automations.AfterHoursTicket, automations.AfterHoursCall, automations.CustomerFirstChat,
		automations.CustomerHangsUp, automations.CustomerLeavesVoicemail, automations.CustomerCallMissed, automations.AfterSuccessfulCall)
	t.change(key, func(s *automations.Setting) { s.Enabled = t.IntN(4) != 0 })
}

// rewords changes what an automation says and whether it waits.
func (t *trials) rewords() {
	key := one(t, automations.CustomerHangsUp, automations.CustomerCallMissed, automations.AfterHoursCall)
	t.change(key, func(s *automations.Setting) {
		s.IncludeTeamName = t.IntN(2) == 0
		s.Message = one(t, "", "Sorry that we missed you, {{customer_name}}! Ticket {{ticket_number}}.")
		s.Options[automations.DelaySeconds] = one(t, 0, 0, 120)
	})
}

// caps says how much a person, or the team, may get.
func (t *trials) caps() {
	body := map[string]any{"contact_per_hour": one(t, 5, 5, 1), "automatic_per_hour": one(t, 1000, 1000, 1000, 0), "sms_fallback": t.IntN(2) == 0}
	body["create_ticket_for_missed_calls"], body["ring_last_advisor"] = t.IntN(3) != 0, t.IntN(2) == 0
	t.client.Must(http.StatusOK, "PATCH", t.team, body)
}

// hours lets the team work by its week, or not.
func (t *trials) hours() {
	t.edit(func(e *settings.Edit) error {
		all, err := settings.ListSchedules(t.t.Context(), t.DB, t.Company.ID, t.chat.team.ID, "", settings.MaxSchedules)
		if err != nil {
			return err
		}
		all[0].Enabled = t.IntN(4) != 0
		_, err = e.SaveSchedule(t.t.Context(), all[0])
		return err
	})
}

// rests makes today a holiday.
func (t *trials) rests() {
	today := t.Clock.Now().UTC().Format(time.DateOnly)
	t.client.Do("POST", t.team+"/holidays", map[string]any{"title": "A day off", "from": today, "messages": map[string]string{
		automations.AfterHoursText: "A day off, {{customer_name}}!", automations.AfterHoursCall: "We call back.",
	}})
}
