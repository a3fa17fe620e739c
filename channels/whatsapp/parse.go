package whatsapp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"ringback/channels"
	"ringback/channels/fit"
)

// Lengths that a text in an Event is cut at: above what Meta documents (4,096
// characters of text), and low enough to be stored and shown.
const (
	maxID    = 200  // bytes of an id, an address or a provider's word
	maxBody  = 6400 // characters of a message
	maxFact  = 4000 // characters of anything else
	maxPlain = 200  // characters of a person's name
)

// parse reads everything that a body tells, each thing by itself.
func parse(r channels.Request) ([]channels.Event, error) {
	changes, err := open(r.Body)
	if err != nil {
		return nil, err
	}
	var events []channels.Event
	for _, c := range changes {
		if c.moment == "" { // within a week a repeat is one
			c.moment = strconv.FormatInt(r.Received.Unix()/(7*24*60*60), 10)
		}
		events = append(events, c.events()...)
	}
	return events, nil
}

func (c change) events() []channels.Event {
	if c.Field == userIDUpdate {
		return c.newIDs()
	}
	if !slices.Contains([]string{"messages", callsField, echoesField, appEchoesField}, string(c.Field)) {
		e := c.noted(c.raw)
		e.Note, e.Template, e.At = c.note(), c.template(), c.at
		return []channels.Event{e}
	}
	var events []channels.Event
	people := readPeople(c.Value.Contacts)
	for _, raw := range c.Value.Messages {
		events = append(events, c.message(raw, people))
	}
	for _, raw := range c.Value.Statuses {
		if c.Field == callsField { // of a call that the business made
			events = append(events, c.noted(raw))
			continue
		}
		events = append(events, c.status(raw))
	}
	for _, raw := range c.Value.Calls {
		events = append(events, c.call(raw, people))
	}
	for _, raw := range c.Value.Echoes {
		events = append(events, c.echo(raw, people))
	}
	for _, raw := range c.Value.Errors {
		events = append(events, c.noted(raw))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Value.others)) {
		if raw, err := json.Marshal(map[string]json.RawMessage{name: c.Value.others[name]}); err == nil {
			events = append(events, c.noted(raw))
		}
	}
	if len(events) == 0 {
		events = append(events, c.noted(c.raw))
	}
	return events
}

func (c change) event(kind channels.EventKind, id string, raw []byte) channels.Event {
	account := c.account()
	return channels.Event{
		Kind: kind, ProviderID: id, Account: account, Sender: channels.WhatsAppCloud, SenderAddress: account, Business: c.whole(), Raw: raw,
	}
}

// noted is something that we keep without understanding it. It has no id of
// its own, so that its bytes have to name it, and its time: the same may happen
// again.
func (c change) noted(raw []byte) channels.Event {
	sum := sha256.Sum256(append([]byte(c.moment+"\x00"), raw...))
	return c.event(channels.Noted, "note/"+hex.EncodeToString(sum[:]), raw)
}

// named reports whether an id can name an event for ever.
func named(id word) bool { return id != "" && fit.Printable(string(id), maxID) }

// instant reads seconds since 1970. What is no time is none; what lies in the
// future is for the gateway to doubt.
func instant(timestamp word) time.Time {
	const endOf9999 = 253_402_300_799
	seconds, err := strconv.ParseInt(string(timestamp), 10, 64)
	if err != nil || seconds <= 0 || seconds > endOf9999 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// address is a person's address as we write it: a number in E.164 form, which
// Meta writes without the plus, or a user id as it is.
func address(id word) string {
	s := fit.Text(string(id), maxID)
	for _, r := range s {
		if r < '0' || r > '9' {
			return s
		}
	}
	if s == "" {
		return ""
	}
	return "+" + s
}

// person is somebody whom a change tells about.
type person struct {
	WaID    word `json:"wa_id"`
	UserID  word `json:"user_id"`
	Parent  word `json:"parent_user_id"`
	Profile struct {
		Name     word `json:"name"`
		Username word `json:"username"`
	} `json:"profile"`
}

func readPeople(contacts list) []person {
	people := make([]person, 0, len(contacts))
	for _, raw := range contacts {
		var p person
		if lenient(raw, &p) == nil {
			people = append(people, p)
		}
	}
	return people
}

// who is the person of those ids. A change tells of one person, but for
// batches of many; with neither id, one alone has to be it.
func who(people []person, wa, user word) person {
	for _, p := range people {
		if wa != "" && p.WaID == wa || user != "" && p.UserID == user {
			return p
		}
	}
	if len(people) == 1 && wa == "" && user == "" {
		return people[0]
	}
	return person{}
}
