package phone

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"ringback/channels"
	"ringback/gateway/rules"
	"ringback/settings/schedule"
)

// chapter is the story of one text.
type chapter struct {
	Key, Who, Text string
	Media          int
	At             moment
	Steps          []step
}

// step is one thing that the gateway or the provider did.
type step struct {
	Key, Icon string
	Look      string // as in stand; empty: neither
	Sentence  string
	Code      string // the stable word behind the sentence
	Notes     []string
	At        *moment
	After     string // how long after the step before, when there is no moment of its own
	Raw       []raw
}

// raw is what stood there, as it stood.
type raw struct{ Title, Text string }

func (t *text) chapter(c conversation, names map[string]string) chapter {
	made := chapter{Key: "text-" + t.ID, Who: c.who(), Text: t.said(), Media: t.media(), At: moment{t.At, c.zone}}
	if t.Told.Message == nil {
		made.Steps = t.course(c, names)
	} else {
		made.Steps = append(made.Steps, t.cameIn(c))
	}
	if t.goesOn() {
		return made
	}
	for _, f := range t.Fetched {
		made.Steps = append(made.Steps, f.step())
	}
	made.Steps = append(made.Steps, t.decided(c))
	if t.Answer != "" {
		made.Steps = append(made.Steps, step{
			Key: "answer", Icon: "send", Look: "good", Sentence: "The provider answered by itself",
			Notes: []string{"The gateway is not told of it, and sends nothing."}, Raw: []raw{{"What it wrote", t.Answer}},
		})
	}
	if t.Delivery != nil {
		made.Steps = append(made.Steps, t.Delivery.step(*t.Delivered, c))
	}
	for _, told := range t.Callbacks {
		made.Steps = append(made.Steps, told.step(c))
	}
	return made
}

func (t *text) cameIn(c conversation) step {
	s := step{Key: "door", Icon: "door", Look: "good", At: &moment{t.At, c.zone}}
	switch c.App.Key {
	case webKey: // its own door, which no provider signs for
		s.Sentence = "The message came in: written down, acknowledged"
	case whatsAppKey:
		s.Sentence = "The message came in: signature checked, written down, acknowledged"
	default:
		s.Sentence = "The text came in: signature checked, written down, acknowledged"
	}
	if len(t.Raw) > 0 {
		s.Raw = []raw{asItCame(t.Raw)}
	}
	s.Raw = append(s.Raw, raw{"What the gateway read in it", pretty(t.Payload)})
	return s
}

func (t *text) decided(c conversation) step {
	s := step{Key: "decision", Icon: "scales"}
	if t.Decision == nil {
		s.Look, s.Sentence = "wait", "Waits to be decided"
		if t.Fault != "" {
			s.Notes = []string{fmt.Sprintf("Tried %s: %s", times(t.Attempts), t.Fault)}
		}
		return s
	}
	d := *t.Decision
	s.Sentence, s.Code, s.Raw = sentence(d), d.Reason, []raw{{"The decision, with the facts it used", pretty(*t.Decided)}}
	if d.Outcome == string(rules.Sent) {
		s.Look = "good"
	}
	s.Notes = facts(d, c.zone)
	s.After = later(d.CreatedAt.Sub(t.CreatedAt))
	return s
}

// step is what the gateway did about a file that the customer sent.
func (f stored) step() step {
	s := step{Key: "file-" + f.ID, Icon: "picture", Look: "wait", Sentence: "The file waits to be fetched", Code: f.Reason, Raw: []raw{{"The file, as the gateway keeps it", pretty(f.Row)}}}
	switch f.State {
	case "stored":
		s.Look, s.Sentence = "good", "The file was fetched with the account’s credentials, looked at and kept"
		s.Notes = []string{fmt.Sprintf("%s, %d KB.", f.ContentType, (f.Size+1023)/1024)}
	case "refused", "failed":
		s.Look, s.Sentence = "bad", "The file was not kept"
	}
	return s
}

// later is how long something took: a call lasts, a text does not.
func later(took time.Duration) string {
	if took < 10*time.Second {
		return fmt.Sprintf("%d ms later", took.Milliseconds())
	}
	return fmt.Sprintf("%d s later", int(took.Seconds()))
}

// facts are the ones that a person asks for first; the others stand in the raw
// decision.
func facts(d decision, zone *time.Location) []string {
	fact := func(name string) string { word, _ := d.Facts[name].(string); return word }
	var notes []string
	if open, known := d.Facts["open"].(bool); known {
		note := "The team is " + map[bool]string{true: "open", false: "closed"}[open]
		why := hours[schedule.Reason(fact("hours"))]
		if named := fact("holiday_title"); named != "" {
			why = "“" + named + "” is a holiday, " + why
		}
		if named := fact("schedule_title"); named != "" {
			why = "“" + named + "” is in effect: " + why
		}
		if why != "" {
			note += " (" + why + ")"
		}
		if next, err := time.Parse(time.RFC3339, fact("next_open")); err == nil {
			note += ", and opens " + next.In(zone).Format("Monday 2 January at 15:04")
		}
		notes = append(notes, note+".")
	}
	if local := fact("local_time"); local != "" {
		notes = append(notes, "The customer’s moment: "+local+".")
	}
	asked, _ := d.Facts["considered"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(asked)) {
		reason, _ := asked[key].(string)
		notes = append(notes, "Asked “"+title(key)+"”: "+because[rules.Reason(reason)]+".")
	}
	return notes
}

func (d delivery) step(stored string, c conversation) step {
	stand := standing(d.State)
	s := step{
		Key: "delivery", Icon: "send", Look: stand.Look, Sentence: stand.Sentence, Code: string(d.State),
		Raw: []raw{{"The delivery, as it stands in the outbox", pretty(stored)}},
	}
	if d.SentAt != nil {
		s.At = &moment{*d.SentAt, c.zone}
	}
	if why := trouble(channels.Reason(d.Reason), d.Code); why != "" {
		s.Notes = append(s.Notes, why)
	}
	note := fmt.Sprintf("From %s to %s", d.From, d.To)
	if d.Attempts > 0 {
		note += ", tried " + times(d.Attempts)
	}
	if d.Segments > 0 {
		note += fmt.Sprintf(", %d characters in %s", len([]rune(d.Text)), count(d.Segments, "segment"))
	}
	s.Notes = append(s.Notes, note+".")
	if d.DueAt != nil && d.Reason != "" {
		s.Notes = append(s.Notes, "Goes on at "+moment{*d.DueAt, c.zone}.Short()+".")
	}
	return s
}

func (t callback) step(c conversation) step {
	told := t.Told.Status
	s := step{
		Key: "callback-" + t.ID, Icon: "back", Sentence: "The provider called back: " + told.Word, At: &moment{t.At, c.zone},
		Look: standing(told.State).Look,
		Raw:  []raw{asItCame(t.Raw), {"What the gateway read in it", pretty(t.Payload)}},
	}
	if told.Word == "" { // of the website's chat, which has no provider
		s.Sentence = "The visitor’s browser told: " + string(told.State)
	}
	if s.Look == "wait" {
		s.Look = ""
	}
	if why := trouble(told.Reason, told.Code); why != "" {
		s.Code, s.Notes = told.Code, []string{why}
	}
	return s
}

// trouble is why a message did not go out or arrive, in a sentence.
func trouble(reason channels.Reason, code string) string {
	if reason == "" {
		return ""
	}
	words, known := troubles[reason]
	if !known {
		words = string(reason)
	}
	words = strings.ToUpper(words[:1]) + words[1:]
	if code != "" {
		words += " (" + code + ")"
	}
	return words + "."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// asItCame is what a provider posted: a form, or a part of a JSON document.
func asItCame(body []byte) raw {
	if json.Valid(body) {
		return raw{"What came, as it came", pretty(string(body))}
	}
	return raw{"The request’s form, as it came", form(body)}
}

// form writes a form with a line for each parameter, in order.
func form(body []byte) string {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return string(body)
	}
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			fmt.Fprintf(&lines, "%s=%s\n", name, value)
		}
	}
	return lines.String()
}

func pretty(document string) string {
	var indented bytes.Buffer
	if json.Indent(&indented, []byte(document), "", "  ") != nil {
		return document
	}
	return indented.String()
}
