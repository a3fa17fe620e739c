package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"ringback/channels"
)

var errNoID = errors.New("the answer names no message")

// Meta's bounds of what can be tapped, in characters.
const (
	maxButtons     = 3
	maxButtonTitle = 20
	maxRows        = 10
	maxRowTitle    = 24
	maxChoiceText  = 1024
)

// Send hands one message to Meta. The error is a *channels.SendError. Meta's
// yes means only that it will try: most failures come as a status.
func (c *Channel) Send(ctx context.Context, account channels.Account, message channels.Outgoing) (channels.Receipt, error) {
	if !digits(account.ID) {
		return channels.Receipt{}, &channels.SendError{
			Reason: channels.ReasonCredentials, Err: errors.New("the sender has no phone number id to send from"),
		}
	}
	var answer struct {
		Messages []struct {
			ID word `json:"id"`
		} `json:"messages"`
	}
	if err := c.call(ctx, account, http.MethodPost, account.ID+"/messages", nil, compose(message), &answer); err != nil {
		return channels.Receipt{}, err
	}
	if len(answer.Messages) == 0 || !named(answer.Messages[0].ID) {
		return channels.Receipt{}, &channels.SendError{Reason: channels.ReasonAmbiguous, Retry: channels.Look, Err: errNoID}
	}
	return channels.Receipt{ProviderID: string(answer.Messages[0].ID), State: channels.Sending}, nil
}

// digits reports whether an id is made of digits alone, which keeps it one
// part of a path.
func digits(id string) bool { return id != "" && strings.Trim(id, "0123456789") == "" }

// object is a JSON object.
type object map[string]any

// compose is the message in Meta's words.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
func compose(m channels.Outgoing) object {
	o := object{"messaging_product": "whatsapp", "recipient_type": "individual"}
	if strings.HasPrefix(m.To, "+") {
		o["to"] = m.To
	} else {
		o["recipient"] = m.To // a user id: this person shows no number
	}
	if m.Delivery != "" {
		o["biz_opaque_callback_data"] = m.Delivery
	}
	kind, content := contentOf(m)
	o["type"], o[kind] = kind, content
	return o
}

func contentOf(m channels.Outgoing) (string, object) {
	switch {
	case m.Template != nil:
		return "template", template(*m.Template)
	case len(m.Media) > 0:
		return attachment(m)
	case fits(m, maxButtons, maxButtonTitle):
		return "interactive", buttons(m)
	case fits(m, maxRows, maxRowTitle):
		return "interactive", rows(m)
	}
	return "text", object{"body": m.Text, "preview_url": false}
}

func template(t channels.Template) object {
	o := object{"name": t.Name, "language": object{"code": t.Language}}
	if len(t.Values) == 0 {
		return o
	}
	values := make([]object, len(t.Values))
	for i, value := range t.Values {
		values[i] = object{"type": "text", "text": value}
	}
	o["components"] = []object{{"type": "body", "parameters": values}}
	return o
}

// attachment is the message's file as what it is, with the text as its caption.
// A message has one file, and no caption where WhatsApp shows none: who queues
// it sees to that (gateway/tickets).
func attachment(m channels.Outgoing) (string, object) {
	file := m.Media[0]
	kind := kindOf(file.ContentType)
	o := object{"link": file.URL}
	if m.Text != "" && kind != "audio" {
		o["caption"] = m.Text
	}
	if kind == "document" && file.Name != "" {
		o["filename"] = file.Name
	}
	return kind, o
}

// kindOf is how WhatsApp shows a file of a content type; what it does not know
// is a document. https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media#supported-media-types
func kindOf(contentType string) string {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(kind) {
	case "image/jpeg", "image/png":
		return "image"
	case "video/mp4", "video/3gpp":
		return "video"
	case "audio/aac", "audio/mp4", "audio/x-m4a", "audio/mpeg", "audio/amr", "audio/ogg":
		return "audio"
	}
	return "document"
}

// fits reports whether the choices can be so many, each so long.
func fits(m channels.Outgoing, most, longest int) bool {
	if len(m.Choices) == 0 || len(m.Choices) > most || utf8.RuneCountInString(m.Text) > maxChoiceText || m.Text == "" {
		return false
	}
	for _, choice := range m.Choices {
		if n := utf8.RuneCountInString(choice.Title); n == 0 || n > longest {
			return false
		}
	}
	return true
}

func buttons(m channels.Outgoing) object {
	all := make([]object, len(m.Choices))
	for i, choice := range m.Choices {
		all[i] = object{"type": "reply", "reply": object{"id": choice.ID, "title": choice.Title}}
	}
	return object{"type": "button", "body": object{"text": m.Text}, "action": object{"buttons": all}}
}

// rows is a list behind a button, which says from where to where it goes: that
// is right in every language.
func rows(m channels.Outgoing) object {
	all := make([]object, len(m.Choices))
	for i, choice := range m.Choices {
		all[i] = object{"id": choice.ID, "title": choice.Title}
	}
	label := cut(m.Choices[0].Title, 8) + " … " + cut(m.Choices[len(m.Choices)-1].Title, 8)
	return object{"type": "list", "body": object{"text": m.Text}, "action": object{
		"button": label, "sections": []object{{"rows": all}},
	}}
}

func cut(s string, limit int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), limit)])
}
