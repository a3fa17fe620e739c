package phone

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"ringback/channels/simulator/meta"
	"ringback/channels/whatsapp"
)

// maxChat is how many characters WhatsApp takes in one message.
const maxChat = 4096

// voice stands for a voice message: that it is one is all that Meta says.
var voice = []byte("OggS, and nothing that could be heard")

// whatsapp lets the customer write on WhatsApp, tap what is offered there, and
// react.
func (p *Phone) whatsapp(g *gin.Context) {
	c, err := p.form(g)
	if err == nil {
		var item meta.Object
		if item, err = p.item(c, g.Request.PostForm); err == nil {
			err = p.say(g, c, item)
		}
	}
	p.done(g, c, err)
}

// item is the message that a form asks for, in Meta's words.
func (p *Phone) item(c conversation, form url.Values) (meta.Object, error) {
	text := newlines.Replace(form.Get("text"))
	switch n := utf8.RuneCountInString(text); {
	case c.Sender.WhatsApp == "":
		return nil, wrong("text", "This team is not on WhatsApp. Choose another.")
	case n > maxChat:
		return nil, wrong("text", "A message holds at most %d characters; this one has %d.", maxChat, n)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return nil, wrong("text", "This message holds bytes that no phone can write.")
	case form.Get("press") != "":
		return p.press(c, form.Get("message"), form.Get("press"))
	}
	switch form.Get("do") {
	case "", "write":
		if strings.TrimSpace(text) == "" {
			return nil, wrong("text", "Write something first.")
		}
		return meta.Object{"type": "text", "text": meta.Object{"body": text}}, nil
	case "photo":
		file := meta.Object{"id": p.Meta.File(samples()[0].Kind, samples()[0].Content), "mime_type": samples()[0].Kind}
		if text != "" {
			file["caption"] = text
		}
		return meta.Object{"type": "image", "image": file}, nil
	case "voice":
		return meta.Object{"type": "audio", "audio": meta.Object{"id": p.Meta.File("audio/ogg", voice), "mime_type": "audio/ogg", "voice": true}}, nil
	case "place":
		return meta.Object{"type": "location", "location": meta.Object{"latitude": 41.8781, "longitude": -87.6298, "name": "Field behind the barn"}}, nil
	case "react":
		return p.react(c, form.Get("message"))
	}
	return nil, wrong("do", "must be write, photo, voice, place or react")
}

// find is a message that the customer got.
func (p *Phone) find(c conversation, id string) (meta.Message, error) {
	all := p.Meta.Inbox(c.Customer.Address())
	i := slices.IndexFunc(all, func(m meta.Message) bool { return m.ID == id })
	if i < 0 {
		return meta.Message{}, &fault{http.StatusNotFound, "message", "This message is not on the phone."}
	}
	return all[i], nil
}

// press taps one of the choices below a message.
func (p *Phone) press(c conversation, message, choice string) (meta.Object, error) {
	m, err := p.find(c, message)
	if err != nil {
		return nil, err
	}
	i := slices.Index(m.Choices, choice)
	if i < 0 {
		return nil, wrong("press", "This is not offered below that message.")
	}
	kind := "button_reply"
	if m.Opens != "" {
		kind = "list_reply"
	}
	return meta.Object{
		"type": "interactive", "context": meta.Object{"id": m.ID},
		"interactive": meta.Object{"type": kind, kind: meta.Object{"id": choice, "title": m.Titles[i]}},
	}, nil
}

// react puts a heart below a message, or takes it back.
func (p *Phone) react(c conversation, message string) (meta.Object, error) {
	m, err := p.find(c, message)
	if err != nil {
		return nil, err
	}
	with := meta.Object{"message_id": m.ID}
	if m.Reaction == "" {
		with["emoji"] = "❤"
	}
	return meta.Object{"type": "reaction", "reaction": with}, nil
}

func (p *Phone) say(g *gin.Context, c conversation, item meta.Object) error {
	_, status, err := p.Meta.Say(g.Request.Context(), p.Public()+whatsapp.Path, c.Customer.Address(), item)
	if err != nil {
		return &fault{http.StatusBadGateway, "text", fmt.Sprintf("The gateway did not answer: %v.", err)}
	}
	if status != http.StatusOK {
		return &fault{http.StatusBadGateway, "text", fmt.Sprintf("The gateway refused the message (%d).", status)}
	}
	p.turned.ring()
	return nil
}

// graphMisbehaves lets Meta go wrong.
func (p *Phone) graphMisbehaves(how string) error {
	switch how {
	case "revoke":
		p.revoked.Store(true)
		p.Meta.Revoke("revoked")
	case "restore":
		p.revoked.Store(false)
		p.Meta.Restore()
	case "throttle":
		p.Meta.Fault(meta.Fault{Status: http.StatusTooManyRequests})
	case "lose":
		p.Meta.Fault(meta.Fault{Taken: true})
	default:
		return wrong("fault", "must be revoke, restore, throttle or lose")
	}
	return nil
}
