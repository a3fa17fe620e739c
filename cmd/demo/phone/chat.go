package phone

import (
	"context"
	"html/template"
	"strings"

	"ringback/channels/simulator/meta"
)

// whatsAppKey is the key of the app in which a customer writes on WhatsApp.
const whatsAppKey = "whatsapp"

// line is one message of the chat, as the phone shows it: drawn from what Meta
// brought, so that also an advisor's words and a question's buttons are there.
type line struct {
	Key, ID  string
	Mine     bool // the customer's own
	Kind     string
	Text     string
	Files    []enclosed
	Picture  template.URL
	Choices  []pressable
	Opens    string // the button that opens the choices; empty: they are buttons
	Reaction string
	Tick     tick
	Look     string // as in stand
	At       moment
}

// pressable is something to tap below a message.
type pressable struct{ ID, Title string }

// tick is how far a message is.
type tick struct{ Mark, Word, Look string }

// ticks are Meta's words as the phone draws them.
var ticks = map[string]tick{
	"accepted":  {"◷", "Under way", ""},
	"sent":      {"✓", "Sent", ""},
	"delivered": {"✓✓", "Delivered", ""},
	"read":      {"✓✓", "Read", "seen"},
	"failed":    {"!", "Failed", "bad"},
}

// kinds name what is more than a text.
var kinds = map[string]string{
	"image": "Photo", "video": "Video", "audio": "Voice message", "document": "File", "location": "Place", "template": "Template",
}

// chat is what the customer's phone shows of the chat with the team.
func (p *Phone) chat(ctx context.Context, c conversation) ([]line, error) {
	if c.Sender.WhatsApp == "" || c.App.Key != whatsAppKey {
		return nil, nil
	}
	var said []meta.Message
	var linked []string // those that bring a file
	for _, m := range p.Meta.Messages() {
		if m.To == c.Customer.Address() && m.Type != "reaction" {
			said = append(said, m)
		}
	}
	said = said[max(0, len(said)-newest):]
	for _, m := range said {
		if !m.Inbound && m.Link != "" {
			linked = append(linked, m.ID)
		}
	}
	files, err := p.sentFiles(ctx, linked)
	if err != nil {
		return nil, err
	}
	var shown []line
	for _, m := range said {
		l := drawn(m, c)
		if l.Files = files[m.ID]; len(l.Files) > 0 && l.Files[0].Picture {
			l.Kind = "" // which one sees
		}
		shown = append(shown, l)
	}
	return shown, nil
}

func drawn(m meta.Message, c conversation) line {
	l := line{
		Key: m.ID, ID: m.ID, Mine: m.Inbound, Kind: kinds[m.Type], Text: m.Text, Opens: m.Opens, Reaction: m.Reaction,
		Tick: ticks[m.Status], Look: ticks[m.Status].Look, At: moment{m.At, c.zone},
	}
	if m.Template != "" {
		l.Text = m.Template + ": " + strings.Join(m.Values, " · ")
	}
	if m.Inbound && m.Type == "image" {
		l.Picture = samples()[0].Drawn()
	}
	for i, id := range m.Choices {
		l.Choices = append(l.Choices, pressable{id, m.Titles[i]})
	}
	return l
}
