package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/meta"
	"ringback/channels/whatsapp"
	"ringback/settings"
	"ringback/settings/automations"
)

// approved are the templates that Meta has approved.
var approved = []string{"issue_resolved", "sprawa"}

// graphDoor is where Meta brings customers' messages.
func (w *world) graphDoor() string { return w.URL() + whatsapp.Path }

// byWhatsApp gives the team its WhatsApp number.
func (w *world) byWhatsApp() {
	w.edit(func(e *settings.Edit) error {
		_, err := e.AddSender(w.t.Context(), settings.Sender{Kind: channels.WhatsAppCloud, Account: ourNumberID, Address: "+15550783881"})
		return err
	})
}

// whatsapp carries out what happens on WhatsApp in a story.
//
//	whatsapp                        the team gets a WhatsApp number
//	writes FROM TEXT                a customer writes there: +13125550142, or US.1349 who shows no number
//	sends FROM JSON                 a customer sends anything else
//	reads TO TYPE TEXT              the customer got this there, and nothing before it; of a template its values
//	silent TO                       the customer got nothing further there
//	template KEY REFERENCE          an automation's templates
//	fallback on|off                 SMS where WhatsApp takes nothing
//	refused FROM CODE TEXT          an advisor's words are refused
//	graph fail STATUS | lose | token WORD    Meta goes wrong, or wants another token
//	paused yes|no                   the WhatsApp sender is paused
//	contacts N                      so many customers are known
//	photo FROM TEXT                 a customer sends a photo, whose bytes are TEXT
//	media N STATE                   so many files are in that state
func (s *story) whatsapp(verb, from, rest string) bool {
	t := s.t
	t.Helper()
	switch verb {
	case "whatsapp":
		s.byWhatsApp()
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
		if len(m.Choices) > 0 {
			said += " [" + strings.Join(m.Choices, "|") + "]"
		}
		require.Equal(t, []string{kind, text}, []string{m.Type, said})
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
	case "contacts":
		var known int
		require.NoError(t, s.DB.Get(&known, `select count(*) from contacts`))
		require.Equal(t, from, strconv.Itoa(known))
	default:
		return false
	}
	return true
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
