package phone

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"ringback/channels"
	"ringback/channels/simulator/twilio"
	"ringback/settings"
)

// handset is how the conversation's newest call stands.
type handset struct {
	SID    string
	Live   bool
	Status string // in words
	Step   string // where in the team's voice flow, in words
	Course []heard
	Keys   bool // the team's side waits for keys
	Tone   bool // what is said is recorded
	Phones []ringing
	Faults []string // what the provider has against our answers
	Became *became  // of a call that is over
}

// heard is one line of the call's course.
type heard struct {
	Key, At string
	Mine    bool // the customer did it
	Does    string
	Says    string // in quotes
}

// ringing is an advisor's phone.
type ringing struct {
	Name, Number string
	Talks        bool // with the customer; else it rings
}

// became is what the gateway made of the call.
type became struct {
	Settled bool
	Outcome string
	Why     string
	Text    string // that the caller got
}

// places are a call's steps in words.
var places = map[channels.Step]string{
	channels.StepGreeting: "Greeting", channels.StepMenu: "Call tree", channels.StepOptionChosen: "Option chosen",
	channels.StepRinging: "Ringing", channels.StepAnswered: "Talking", channels.StepVoicemailPrompt: "Voicemail prompt",
	channels.StepRecording: "Recording",
}

// handset draws the newest call, or nothing when there is none.
func (p *Phone) handset(c conversation, names map[string]string, texts []*text) *handset {
	call, found := p.lastCall(c)
	if !found {
		return nil
	}
	names = maps.Clone(names)
	state := call.State()
	h := &handset{
		SID: state.SID, Live: !state.Over, Status: standsAs(state), Step: places[state.Step], Faults: state.Faults,
		Keys: state.Doing == "gather" || state.Step == channels.StepMenu, Tone: state.Doing == "record" && state.Text == "",
	}
	back := state.From == c.Sender.Address // the team calls: what is heard is heard by the advisor
	names[c.Customer.Number] = c.Customer.Name
	for i, m := range state.Course {
		if back && m.Doing != "dial" && m.Doing != "talk" {
			continue
		}
		if back && m.Doing == "talk" {
			m.Phones = []string{state.To}
		}
		line := inWords(m, names)
		line.Key, line.At = fmt.Sprintf("heard-%d", i), clockOf(m.Seconds)
		h.Course = append(h.Course, line)
	}
	for _, number := range state.Ringing {
		h.Phones = append(h.Phones, ringing{Name: named(names, number), Number: number})
	}
	if state.With != "" {
		h.Phones = []ringing{{Name: named(names, state.With), Number: state.With, Talks: true}}
	}
	if back && state.With != "" {
		h.Phones[0].Name = named(names, state.To)
	}
	if back && state.With == "" {
		h.Status = "The team calls back"
	}
	if state.Over {
		h.Became = becameOf(state.SID, texts)
	}
	return h
}

// standsAs is a call's state in a few words.
func standsAs(state twilio.CallState) string {
	switch {
	case state.Over && state.Connected == 0:
		return "Ended, not answered"
	case state.Over:
		return "Ended after " + clockOf(state.Seconds)
	case state.With != "":
		return "Talking"
	case state.Status == "in-progress":
		return "Connected"
	}
	return "Calling…"
}

// clockOf is a number of seconds as a phone shows them: "1:04".
func clockOf(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

func inWords(m twilio.CallMoment, names map[string]string) heard {
	var who []string
	for _, number := range m.Phones {
		who = append(who, named(names, number))
	}
	everyone := strings.Join(who, " and ")
	switch m.Doing {
	case "say":
		return heard{Says: m.Text}
	case "play":
		return heard{Does: "A recording plays: " + lastOf(m.Text)}
	case "gather":
		return heard{Does: "Waits for a key"}
	case "keys":
		return heard{Mine: true, Does: "You press " + m.Text}
	case "dial":
		return heard{Does: everyone + rings(len(who))}
	case "whisper":
		return heard{Does: everyone + " picks up and hears", Says: m.Text}
	case "talk":
		return heard{Does: "You talk with " + everyone}
	case "record":
		if m.Text != "" {
			return heard{Mine: true, Does: "You speak"}
		}
		return heard{Does: "The tone: what you say is recorded"}
	}
	return heard{Does: m.Doing}
}

func rings(phones int) string {
	if phones == 1 {
		return "’s phone rings"
	}
	return "’s phones ring"
}

// lastOf is the name of a file at an address.
func lastOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" {
		return address
	}
	return u.Path[strings.LastIndexByte(u.Path, '/')+1:]
}

func named(names map[string]string, number string) string {
	if name := names[number]; name != "" {
		return name
	}
	return number
}

// most is how many of the company's people are known by name.
const most = 1000

// advisors are the names of the company's people, by their ids and their phones' numbers.
func (p *Phone) advisors(ctx context.Context) (map[string]string, error) {
	staff, err := settings.ListStaff(ctx, p.DB, p.Company, nil, "", "", most)
	if err != nil {
		return nil, fmt.Errorf("phone: staff: %w", err)
	}
	names := map[string]string{}
	for _, m := range staff {
		names[m.ID] = m.Name
		if m.Phone != "" {
			names[m.Phone] = m.Name
		}
	}
	return names, nil
}

// becameOf is what the gateway made of a call, once it has been settled.
func becameOf(sid string, texts []*text) *became {
	i := slices.IndexFunc(texts, func(t *text) bool { return t.ProviderID == sid })
	if i < 0 || texts[i].Decision == nil {
		return &became{}
	}
	t := texts[i]
	b := &became{Settled: true, Outcome: t.said(), Why: sentence(*t.Decision)}
	if t.Delivery != nil {
		b.Text = t.Delivery.Text
	}
	return b
}
