package phone

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ringback/channels"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/settings"
)

// view is the state that the page shows: all of it, drawn anew each time.
type view struct {
	conversation
	Customers []Customer
	Now       moment
	Played    bool   // another time than the real one
	Hours     string // how the team stands: "closed until Monday 08:00, because …"
	Down      bool   // the provider was told to be down
	Revoked   bool   // Meta takes our token no more
	Bubbles   []bubble
	Chat      []line    // what the phone shows on WhatsApp
	Handset   *handset  // the newest call; nil: there is none
	Story     []chapter // the newest first
	Guides    []guide   // stories to play
	Fault     *fault    // an order that was not taken; nil: none
	Written   string    // what the customer had written by then
	Style     string
	Shared    string
	Script    string
	Site      string
	Mail      bool // the staff's e-mail is shown, too
	open      bool // the team is
}

// Wrong is what to say about a field of a form.
func (v view) Wrong(field string) string {
	if v.Fault == nil || v.Fault.Field != field {
		return ""
	}
	return v.Fault.Detail
}

// Elsewhere is a fault that no form of the page has a place for.
func (v view) Elsewhere() string {
	if v.Fault == nil || slices.Contains([]string{"text", "picture", "at", "do"}, v.Fault.Field) {
		return ""
	}
	return v.Fault.Detail
}

// Keypad is a phone's, row by row.
func (v view) Keypad() []string { return strings.Split("123456789*0#", "") }

// bubble is one message on the phone.
type bubble struct {
	Key   string
	Mine  bool // the customer's own
	Text  string
	Files []enclosed
	Media int    // files that cannot be shown
	Word  string // its state
	Look  string // as in stand
	At    moment
	ID    string           // the provider's
	Chips []twiliosim.Chip // to tap
}

func (p *Phone) view(ctx context.Context, c conversation) (view, error) {
	now := p.Clock.Now()
	v := view{
		conversation: c, Customers: p.Customers, Now: moment{now, c.zone}, Down: p.down.Load(), Revoked: p.revoked.Load(),
		Played: !p.Clock.Queue().Real(), // a real clock leaves the time to the database
		Style:  style.URL, Shared: shared, Script: script.URL, Site: p.Site, Mail: p.Mail != nil,
	}
	texts, err := p.texts(ctx, c)
	if err != nil || c.Sender.ID == "" {
		return v, err
	}
	names, err := p.advisors(ctx)
	if err != nil {
		return v, err
	}
	for _, t := range texts {
		v.Bubbles = append(v.Bubbles, t.bubbles(c.zone)...)
		v.Story = append(v.Story, t.chapter(c, names))
	}
	if v.Bubbles, err = p.unprompted(ctx, c, texts, v.Bubbles); err != nil {
		return v, err
	}
	slices.Reverse(v.Story)
	if v.Chat, err = p.chat(ctx, c); err != nil {
		return v, err
	}
	v.Handset = p.handset(c, names, texts)
	team, err := settings.Load(ctx, p.DB, p.Company, c.Sender.TeamID)
	if err != nil {
		return v, fmt.Errorf("phone: %w", err)
	}
	hours := team.Schedules.At(now)
	v.Hours, v.open = hours.Explain(), hours.Open
	so, err := p.played(ctx, c, v, texts)
	v.Guides = so.guides(c)
	return v, err
}

func (t *text) bubbles(zone *time.Location) []bubble {
	if t.goesOn() {
		return nil
	}
	said := []bubble{{
		Key: "said-" + t.ID, Mine: true, Text: t.said(), Files: t.Files, Media: t.media() - len(t.Files), Look: "good", At: moment{t.At, zone},
	}}
	if t.Answer != "" {
		said = append(said, bubble{Key: "answer-" + t.ID, Text: t.Answer, Word: "From the provider itself", Look: "good", At: moment{t.At, zone}})
	}
	if t.Delivery != nil {
		said = append(said, t.Delivery.bubble(t.At, zone))
	}
	return said
}

// bubble is the message on the phone; at is when it was written.
func (d delivery) bubble(at time.Time, zone *time.Location) bubble {
	if d.SentAt != nil {
		at = *d.SentAt
	}
	stand := standing(d.State)
	return bubble{Key: "reply-" + d.ID, Text: d.Text, Files: d.Files, Media: len(d.Media) - len(d.Files), Word: stand.Word, Look: stand.Look, At: moment{at, zone}, ID: d.ProviderID, Chips: d.Chips}
}

// standing is how a delivery stands, in words.
func standing(state channels.State) stand {
	if s, known := stands[state]; known {
		return s
	}
	return stand{Word: string(state), Sentence: string(state), Look: "wait"}
}

// moment is an instant where the team is.
type moment struct {
	time.Time
	zone *time.Location
}

// Local is the wall clock there.
func (m moment) Local() time.Time { return m.In(m.zone) }

// Clock is the time of day: "22:00".
func (m moment) Clock() string { return m.Local().Format("15:04") }

// Day is the day of the week with it: "Sun 22:00".
func (m moment) Day() string { return m.Local().Format("Mon 15:04") }

// Short is what tells two moments of a story apart: "Sun 22:00:07".
func (m moment) Short() string { return m.Local().Format("Mon 15:04:05") }

// Long leaves nothing open.
func (m moment) Long() string { return m.Local().Format("Monday 2 January 2006, 15:04:05 MST") }

// Big is how the demo's clock reads.
func (m moment) Big() string { return m.Local().Format("Monday 2 January 2006, 15:04:05") }

// Typed is the moment as a browser's field has it.
func (m moment) Typed() string { return m.Local().Format(typed) }

// ISO is the moment for machines.
func (m moment) ISO() string { return m.UTC().Format(time.RFC3339Nano) }
