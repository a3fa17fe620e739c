package phone

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/color"
	"image/png"
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
	Link     string
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
func (p *Phone) chat(c conversation) []line {
	if c.Sender.WhatsApp == "" || c.App.Key != whatsAppKey {
		return nil
	}
	var shown []line
	for _, m := range p.Meta.Messages() {
		if m.To == c.Customer.Address() && m.Type != "reaction" {
			shown = append(shown, drawn(m, c))
		}
	}
	return shown[max(0, len(shown)-newest):]
}

func drawn(m meta.Message, c conversation) line {
	l := line{
		Key: m.ID, ID: m.ID, Mine: m.Inbound, Kind: kinds[m.Type], Text: m.Text, Opens: m.Opens, Reaction: m.Reaction,
		Tick: ticks[m.Status], Look: ticks[m.Status].Look, At: moment{m.At, c.zone},
	}
	if m.Template != "" {
		l.Text = m.Template + ": " + strings.Join(m.Values, " · ")
	}
	switch {
	case !m.Inbound:
		l.Link = m.Link
	case m.Type == "image":
		l.Picture = picture
	}
	for i, id := range m.Choices {
		l.Choices = append(l.Choices, pressable{id, m.Titles[i]})
	}
	return l
}

// photo is what the customer's camera takes: a red machine in a green field.
var photo = func() []byte {
	const wide, high = 192, 128
	sky, field, machine := color.RGBA{168, 205, 235, 255}, color.RGBA{110, 160, 72, 255}, color.RGBA{188, 52, 40, 255}
	wheel := color.RGBA{40, 40, 44, 255}
	p := image.NewPaletted(image.Rect(0, 0, wide, high), color.Palette{sky, field, machine, wheel})
	round := func(x, y, cx, cy, r int) bool { return (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r }
	for y := range high {
		for x := range wide {
			switch {
			case round(x, y, 64, 88, 24), round(x, y, 132, 96, 15):
				p.SetColorIndex(x, y, 3)
			case x > 50 && x < 150 && y > 56 && y < 88, x > 54 && x < 92 && y > 28 && y < 60:
				p.SetColorIndex(x, y, 2)
			case y > 96:
				p.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, p); err != nil {
		panic(err) // into memory
	}
	return out.Bytes()
}()

var picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(photo)) //nolint:gosec // it is our own
