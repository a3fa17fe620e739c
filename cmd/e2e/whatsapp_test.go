package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/channels/whatsapp"
	"ringback/settings"
	"ringback/settings/automations"
)

// approved are the templates that Meta has approved.
var approved = []string{"issue_resolved", "sprawa"}

// graphDoor is where Meta brings customers' messages.
func (w *world) graphDoor() string { return w.URL() + whatsapp.Path }

// byWhatsApp gives the team its WhatsApp number.
func (w *world) byWhatsApp(business string) {
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(w.t.Context(), settings.Sender{Kind: channels.WhatsAppCloud, Account: ourNumberID, Address: "+15550783881", Settings: settings.SenderSettings{Business: business}})
		return err
	})
}

// whatsapp carries out what happens on WhatsApp in a story.
//
//	whatsapp [BUSINESS]             the team gets a WhatsApp number, whose business account it names
//	holds NAME STATUS               Meta has a template PAUSED, DISABLED, REJECTED or APPROVED, and does not say so
//	content SID STATUS [REASON]     WhatsApp has one of Twilio's templates approved, paused, rejected or disabled
//	tells NAME STATUS AGO           Meta says so, of so many seconds ago
//	asks                            Meta is asked how the templates stand that are held
//	held NAME STATE                 what is remembered of a template; -: nothing
//	notices KIND N                  of so many things of that kind the staff is told
//	writes FROM TEXT                a customer writes there: +13125550142, or US.1349 who shows no number
//	sends FROM JSON                 a customer sends anything else
//	reads TO TYPE TEXT              the customer got this there, and nothing before it; of a template its values, of a document its (name)
//	taps FROM TITLE [TEXT]          a customer taps that below the newest message that offers it, and has TEXT in it
//	quotes FROM WORD TEXT           a customer replies to the newest message that has WORD in it; whatsapp:+1… by way of Twilio
//	rings FROM EVENTS AGO [TAKEN]   a customer called so many seconds ago, of which Meta tells connect, terminate or a status
//	app TO TEXT                     one of the staff writes to a customer in the WhatsApp app
//	apps TO JSON                    one of the staff sends anything else there
//	echoes TO TEXT                  Meta tells of a message as if it were written there that went out from here with that in it
//	history FROM TEXT               Meta tells what a customer and the staff said before all this
//	story FROM LINES                what the customer's newest ticket shows: author via kind text, one behind the other
//	apart FROM LINES                what stands on the contact's timeline and on no ticket, likewise
//	waits FROM TIME                 since when the customer waits for an answer; nobody: no more
//	answered N                      so many tickets are answered, by the reports
//	twilio                          the team gets a WhatsApp number at Twilio as well
//	hears FROM TEXT                 a customer writes there
//	username FROM ID shown|hidden   a customer takes a username there, and still shows the number or not
//	button|row FROM PAYLOAD TITLE   a customer taps a button or a list's row there
//	pictures FROM TEXT              a customer sends a photo there
//	silent TO                       the customer got nothing further there
//	template KEY REFERENCE          an automation's templates
//	fallback on|off                 SMS where WhatsApp takes nothing
//	refused FROM CODE TEXT          an advisor's words are refused
//	graph fail STATUS | lose | token WORD    Meta goes wrong, or wants another token
//	paused yes|no                   the WhatsApp sender is paused
//	contacts N                      so many customers are known
//	photo FROM TEXT                 a customer sends a photo, whose bytes are TEXT
//	media N STATE                   so many files are in that state
//	looks FROM                      an advisor reads the ticket, twice
//	ticks FROM STATES               what the customer sees below what they wrote: delivered read
//	marked N                        how often Meta was told that something was read
func (s *story) whatsapp(verb, from, rest string) bool {
	t := s.t
	t.Helper()
	switch verb {
	case "whatsapp":
		s.byWhatsApp(from)
	case "writes":
		s.sends(from, meta.Object{"type": "text", "text": meta.Object{"body": rest}})
	case "sends":
		var item meta.Object
		require.NoError(t, json.Unmarshal([]byte(rest), &item))
		s.sends(from, item)
	case "reads":
		kind, text, _ := strings.Cut(rest, " ")
		got := s.graph.Inbox(from)
		require.Greater(t, len(got), s.read["graph "+from], "%s got nothing further on WhatsApp", from)
		m := got[s.read["graph "+from]]
		s.read["graph "+from]++
		said := unlinked(m.Text)
		if m.Template != "" {
			said = unlinked(m.Template + " " + strings.Join(m.Values, "|"))
		}
		if m.Filename != "" {
			said = strings.TrimSpace("(" + m.Filename + ") " + said)
		}
		if len(m.Choices) > 0 {
			said += " [" + strings.Join(m.Titles, "|") + "]"
		}
		require.Equal(t, []string{kind, text}, []string{m.Type, said})
	case "taps":
		title, of, _ := strings.Cut(rest, " ")
		s.taps(from, title, of)
	case "rings":
		s.rings(from, rest)
	case "app", "apps", "echoes", "history", "story", "apart", "answered", "waits":
		s.coexists(verb, from, rest)
	case "quotes":
		of, words, _ := strings.Cut(rest, " ")
		s.quotes(from, of, words)
	case "holds":
		s.graph.Hold(from, rest)
	case "content":
		status, reason, _ := strings.Cut(rest, " ")
		s.sim.Content(from, status, reason)
	case "tells":
		event, ago, _ := strings.Cut(rest, " ")
		at := s.Clock.Now().Add(-time.Duration(number(t, ago)) * time.Second)
		status, err := s.graph.TellTemplate(t.Context(), s.graphDoor(), from, "en", event, at)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		s.settleUnlessStopped()
	case "asks":
		require.NoError(t, s.Gateway.AskTemplates(t.Context()))
	case "held":
		var state string
		require.NoError(t, s.DB.Get(&state, `select coalesce((select state from template_states where name = $1), '-')`, from))
		require.Equal(t, rest, state)
	case "notices":
		s.count(`select count(*) from notices where kind = $1`, from, number(t, rest))
	case "twilio":
		s.edit(func(e *settings.Edit) error {
			_, err := e.AddSender(t.Context(), settings.Sender{Kind: channels.WhatsAppTwilio, Address: oursOnWhatsApp})
			return err
		})
	case "hears":
		s.hears(from, rest)
	case "username":
		id, number, _ := strings.Cut(rest, " ")
		s.sim.Username(from, id, number == "hidden")
	case "button", "row":
		payload, title, _ := strings.Cut(rest, " ")
		params := url.Values{"MessageType": {"button"}, "ButtonPayload": {payload}, "ButtonText": {title}, "ButtonType": {"REPLY"}}
		if verb == "row" {
			params = url.Values{"MessageType": {"interactive"}, "ListId": {payload}, "ListTitle": {title}}
		}
		s.hears(from, title, twilio.WithParams(params))
	case "pictures":
		s.hears(from, rest, twilio.WithFile(tinyPNG, "image/png"))
	case "silent":
		require.Len(t, s.graph.Inbox(from), s.read["graph "+from])
	case "template":
		s.change(from, func(a *automations.Setting) { a.Options[automations.WhatsAppTemplate] = rest })
	case "fallback":
		s.edit(func(e *settings.Edit) error {
			team := e.Team
			team.SMSFallback = from == "on"
			return e.SaveTeam(t.Context(), team)
		})
	case "refused":
		code, text, _ := strings.Cut(rest, " ")
		status, answer := s.api("POST", s.ticketOf(from)+"/messages", map[string]string{"text": text})
		require.Equal(t, http.StatusConflict, status, answer)
		require.Contains(t, fmt.Sprint(answer), code)
	case "graph":
		s.graphGoes(from, rest)
	case "paused":
		var paused int
		require.NoError(t, s.DB.Get(&paused, `select count(*) from senders where kind = 'whatsapp_cloud' and paused_at is not null`))
		require.Equal(t, from, map[int]string{0: "no", 1: "yes"}[paused])
	case "photo":
		s.sends(from, meta.Object{"type": "image", "image": meta.Object{"id": s.graph.File("image/png", tinyPNG), "mime_type": "image/png", "caption": rest}})
	case "media":
		require.Eventually(t, func() bool {
			var files int
			require.NoError(t, s.DB.Get(&files, `select count(*) from media where state = $1`, rest))
			return strconv.Itoa(files) == from
		}, settled, 10*time.Millisecond)
	case "looks":
		for range 2 {
			status, answer := s.api("POST", s.ticketOf(from)+"/read", nil)
			require.Equal(t, http.StatusNoContent, status, answer)
		}
		s.tellReads()
	case "ticks":
		s.tellReads()
		require.Equal(t, rest, s.ticks(from))
	case "marked":
		require.Equal(t, number(t, from), s.graph.Marked())
	case "contacts":
		var known int
		require.NoError(t, s.DB.Get(&known, `select count(*) from contacts`))
		require.Equal(t, from, strconv.Itoa(known))
	default:
		return false
	}
	return true
}

// tellReads waits until nothing is left to tell of what was read.
func (s *story) tellReads() {
	for due := 1; due > 0; {
		require.NoError(s.t, s.Reads.Work(s.t.Context()))
		require.NoError(s.t, s.DB.Get(&due, `select count(*) from reads where due_at <= $1 or due_at is not null and attempts > 0 and fault = ''`, s.Clock.Now()))
	}
}

// ticks are the states of what the customer wrote, in order.
func (s *story) ticks(from string) string {
	var states []string
	for _, m := range s.graph.Messages() {
		if m.Inbound && m.To == from {
			states = append(states, m.Status)
		}
	}
	return strings.Join(states, " ")
}

func (s *story) graphGoes(how, rest string) {
	switch how {
	case "fail":
		s.graph.Fault(meta.Fault{Status: number(s.t, rest)})
	case "lose":
		s.graph.Fault(meta.Fault{Taken: true})
	case "token":
		s.graph.Revoke(rest)
	default:
		require.Fail(s.t, "Meta does not go "+how)
	}
}

// oursOnWhatsApp is the team's number there, by way of Twilio.
const oursOnWhatsApp = "+13125550109"

// hears lets a customer write on WhatsApp by way of Twilio, which brings it
// twice.
func (s *story) hears(from, words string, options ...twilio.TextOption) {
	s.t.Helper()
	s.nothingMore()
	answer, err := s.sim.Text(s.t.Context(), s.door(), "whatsapp:"+from, "whatsapp:"+oursOnWhatsApp, words, append(options, twilio.Twice())...)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, answer.Status, answer.Body)
	require.Equal(s.t, http.StatusOK, answer.Second.Status, answer.Second.Body)
	s.settleUnlessStopped()
}

// taps answers by what is offered below a message.
func (s *story) taps(from, title, of string) {
	s.t.Helper()
	for _, m := range slices.Backward(s.graph.Inbox(from)) {
		i := slices.Index(m.Titles, title)
		if i < 0 || !strings.Contains(m.Text, of) {
			continue
		}
		kind := "button_reply"
		if m.Opens != "" {
			kind = "list_reply"
		}
		s.sends(from, meta.Object{"type": "interactive", "context": meta.Object{"id": m.ID}, "interactive": meta.Object{
			"type": kind, kind: meta.Object{"id": m.Choices[i], "title": title},
		}})
		return
	}
	require.Fail(s.t, "nothing offers "+title)
}

// quotes answers by a reply to a message of ours that holds a word.
func (s *story) quotes(from, of, words string) {
	s.t.Helper()
	for _, m := range slices.Backward(s.got(from)) {
		if number, byTwilio := strings.CutPrefix(from, "whatsapp:"); byTwilio && strings.Contains(m.Body, of) {
			s.hears(number, words, twilio.WithParams(url.Values{"OriginalRepliedMessageSid": {m.SID}, "OriginalRepliedMessageSender": {m.From}}))
			return
		}
	}
	for _, m := range slices.Backward(s.graph.Inbox(from)) {
		if strings.Contains(m.Text, of) {
			s.sends(from, meta.Object{"type": "text", "text": meta.Object{"body": words}, "context": meta.Object{"id": m.ID}})
			return
		}
	}
	require.Fail(s.t, "nothing says "+of)
}

func (s *story) sends(from string, item meta.Object) {
	s.t.Helper()
	s.nothingMore()
	_, status, err := s.graph.Say(s.t.Context(), s.graphDoor(), from, item)
	require.NoError(s.t, err)
	require.Equal(s.t, http.StatusOK, status)
	s.settleUnlessStopped()
}

// nothingMoreOnWhatsApp holds that nobody got a WhatsApp message that the story
// did not expect.
func (s *story) nothingMoreOnWhatsApp() {
	s.t.Helper()
	for _, m := range s.graph.Messages() {
		require.Len(s.t, s.graph.Inbox(m.To), s.read["graph "+m.To], "%s got a WhatsApp message that nobody expected", m.To)
	}
}

// tinyPNG is a photo of one dot.
var tinyPNG = func() []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	return out.Bytes()
}()
