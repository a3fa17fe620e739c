package whatsapp

import (
	"encoding/json"
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
	"ringback/channels/inwords"
)

// maxMedia is how many files a message can have, and maxLines how many people
// or goods are told of one by one.
const (
	maxMedia = 10
	maxLines = 30
)

// content is the part of a message that its type names.
type content struct {
	Type word `json:"type"` // of an edited message; a message has its own
	Text struct {
		Body word `json:"body"`
	} `json:"text"`
	Image    *file `json:"image"`
	Video    *file `json:"video"`
	Audio    *file `json:"audio"`
	Document *file `json:"document"`
	Sticker  *file `json:"sticker"`
	Location struct {
		Latitude  word `json:"latitude"`
		Longitude word `json:"longitude"`
		Name      word `json:"name"`
		Address   word `json:"address"`
		URL       word `json:"url"`
	} `json:"location"`
	Contacts list `json:"contacts"`
	Button   struct {
		Text    word `json:"text"`
		Payload word `json:"payload"`
	} `json:"button"`
	Interactive interactive `json:"interactive"`
	Reaction    struct {
		MessageID word `json:"message_id"`
		Emoji     word `json:"emoji"`
	} `json:"reaction"`
	Order struct {
		Text     word `json:"text"`
		Products list `json:"product_items"`
	} `json:"order"`
	Unsupported struct {
		Type word `json:"type"`
	} `json:"unsupported"`

	parts map[string]json.RawMessage // all of the message, by name
}

// raw is a part of the message as it came; null: there is none.
func (c content) raw(part string) []byte {
	if raw, ok := c.parts[part]; ok {
		return raw
	}
	return []byte("null")
}

type reply struct {
	ID    word `json:"id"`
	Title word `json:"title"`
}

// interactive is what somebody tapped or filled in.
type interactive struct {
	Type   word  `json:"type"`
	Button reply `json:"button_reply"`
	List   reply `json:"list_reply"`
	Flow   *form `json:"nfm_reply"`

	Permission permission `json:"call_permission_reply"`
}

// permission is whether the business may call.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
type permission struct {
	Response word `json:"response"`
}

func (p permission) words() string {
	switch p.Response {
	case "accept":
		return "✓"
	case "reject":
		return "✗"
	}
	return fit.Line(string(first(p.Response, "?")), maxPlain)
}

// answers are those of a flow as they came.
func (i interactive) answers() word {
	if i.Flow == nil {
		return ""
	}
	return i.Flow.Response
}

// form is what somebody filled into a flow.
type form struct {
	Body     word `json:"body"`
	Name     word `json:"name"`
	Response word `json:"response_json"`
}

// file is a file that lies at Meta, who knows it by its id.
type file struct {
	ID       word `json:"id"`
	MimeType word `json:"mime_type"`
	Caption  word `json:"caption"`
	Filename word `json:"filename"`
}

// read says the content in words, so that whoever shows a timeline needs to
// know none of Meta's types.
func (c content) read(kind word) *channels.Message {
	m := &channels.Message{}
	text := ""
	switch kind {
	case "text":
		text = string(c.Text.Body)
	case "image", "video", "audio", "document", "sticker":
		text = c.file(m)
	case "location":
		m.Kind, text = channels.LocationMessage, c.place()
	case "contacts":
		m.Kind, text = channels.ContactsMessage, cards(c.Contacts)
	case "button":
		m.Kind, text, m.Reply = channels.ReplyMessage, string(c.Button.Text), fit.Text(string(c.Button.Payload), maxFact)
	case "interactive":
		m.Kind = channels.ReplyMessage
		tapped := c.Interactive.Button
		if tapped.ID == "" {
			tapped = c.Interactive.List
		}
		text, m.Reply = string(tapped.Title), fit.Text(string(tapped.ID), maxFact)
		if text == "" && c.Interactive.Flow != nil {
			m.Kind, text = channels.FormMessage, join("\n", c.Interactive.Flow.Body, word(inwords.Form(string(c.Interactive.Flow.Response))))
		}
		if c.Interactive.Type == "call_permission_reply" {
			m.Kind, m.Reply, text = channels.PermissionMessage, "", c.Interactive.Permission.words()
		}
		if text == "" {
			m.Kind = channels.UnknownMessage
			text = join("\n", "⚠ "+first(c.Interactive.Type, kind), word(inwords.Of(c.raw("interactive"))))
		}
	case "reaction":
		m.Kind, text, m.About = channels.ReactionMessage, string(c.Reaction.Emoji), fit.Text(string(c.Reaction.MessageID), maxID)
	case "order":
		m.Kind, text = channels.OrderMessage, c.order()
	case "edit", "revoke", "system": // read by the message that has them
	case "request_welcome":
		m.Kind, text = channels.WelcomeMessage, "👋"
	case "unsupported":
		m.Kind, text = channels.UnsupportedMessage, join("\n", "⚠ "+first(c.Unsupported.Type, kind), word(inwords.Of(c.raw("unsupported"))))
	default:
		m.Kind, text = channels.UnknownMessage, join("\n", word("⚠ "+fit.Line(string(kind), maxPlain)), word(inwords.Of(c.raw(string(kind)))))
	}
	m.Text = fit.Text(text, maxBody)
	return m
}

// file gives the message its file and returns the caption.
func (c content) file(m *channels.Message) string {
	caption := ""
	for _, f := range []*file{c.Image, c.Video, c.Audio, c.Document, c.Sticker} {
		if f == nil || len(m.Media) == maxMedia {
			continue
		}
		caption = string(first(word(caption), f.Caption))
		m.Media = append(m.Media, channels.Media{
			ID: fit.Text(string(f.ID), maxID), ContentType: fit.Line(string(f.MimeType), maxPlain), Name: fit.Line(string(f.Filename), maxPlain),
		})
	}
	return caption
}

func (c content) place() string {
	l := c.Location
	return "📍 " + join(", ", l.Name, l.Address, l.Latitude+" "+l.Longitude, l.URL)
}

func (c content) order() string {
	lines := []word{c.Order.Text}
	for _, raw := range c.Order.Products[:min(len(c.Order.Products), maxLines)] {
		var p struct {
			ID       word `json:"product_retailer_id"`
			Quantity word `json:"quantity"`
			Price    word `json:"item_price"`
			Currency word `json:"currency"`
		}
		if lenient(raw, &p) == nil {
			lines = append(lines, word("🛒 "+join(" ", p.Quantity+" ×", p.ID, p.Price, p.Currency)))
		}
	}
	return join("\n", lines...)
}

// cards are the address cards that somebody shared.
func cards(contacts list) string {
	var lines []word
	for _, raw := range contacts[:min(len(contacts), maxLines)] {
		var card struct {
			Name struct {
				Formatted word `json:"formatted_name"`
			} `json:"name"`
			Phones []struct {
				Phone word `json:"phone"`
			} `json:"phones"`
		}
		if lenient(raw, &card) != nil {
			continue
		}
		parts := []word{card.Name.Formatted}
		for _, p := range card.Phones {
			parts = append(parts, p.Phone)
		}
		lines = append(lines, word("👤 "+join(", ", parts...)))
	}
	return join("\n", lines...)
}

// join writes those words that are not empty.
func join(separator string, words ...word) string {
	var full []string
	for _, w := range words {
		if s := strings.TrimSpace(string(w)); s != "" {
			full = append(full, s)
		}
	}
	return strings.Join(full, separator)
}
