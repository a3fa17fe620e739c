package twilio

import (
	"slices"
	"time"
)

// Direction says who made a message, in Twilio's words.
type Direction string

// Who made a message.
const (
	Inbound       Direction = "inbound"        // the customer
	OutboundAPI   Direction = "outbound-api"   // the gateway
	OutboundReply Direction = "outbound-reply" // the provider itself: an answer to STOP, START or HELP
)

// Message is one message that passed through the simulator, either way.
type Message struct {
	SID        string    `json:"sid"`
	Account    string    `json:"account"`
	ServiceSID string    `json:"service_sid,omitempty"`
	Direction  Direction `json:"direction"`
	From       string    `json:"from"` // "+15005550006", "whatsapp:+15005550006"
	To         string    `json:"to"`
	Body       string    `json:"body"`
	ContentSID string    `json:"content_sid,omitempty"` // a template in place of a body
	Chips      []Chip    `json:"chips,omitempty"`       // what can be tapped below it
	Media      []string  `json:"media,omitempty"`
	Segments   int       `json:"segments"`
	Status     string    `json:"status"` // queued, sent, delivered, undelivered, failed, read, received …
	ErrorCode  int       `json:"error_code,omitempty"`
	Callback   string    `json:"callback,omitempty"` // StatusCallback as it was given
	Created    time.Time `json:"created"`
	Updated    time.Time `json:"updated"`
	Sent       time.Time `json:"sent,omitzero"`
}

// Chip is a suggested reply below a message by RCS.
type Chip struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// entry is a message and what is still to happen to it.
type entry struct {
	Message
	steps []Step
	files []file
}

// Messages are those that the gateway created, oldest first.
func (s *Simulator) Messages() []Message {
	return s.pick(func(m Message) bool { return m.Direction == OutboundAPI })
}

// Inbox is what a customer's phone shows for one of its addresses: what it
// wrote and what was written to it, oldest first. Whether a message reached it
// is its Status.
func (s *Simulator) Inbox(address string) []Message {
	return s.pick(func(m Message) bool {
		if m.Direction == Inbound {
			return m.From == address
		}
		return m.To == address
	})
}

func (s *Simulator) pick(want func(Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var picked []Message
	for _, e := range s.log {
		if want(e.Message) {
			picked = append(picked, e.Message)
		}
	}
	return picked
}

// add remembers a message and forgets the oldest when there are too many.
// The caller holds s.mu.
func (s *Simulator) add(m Message, steps ...Step) *entry {
	m.Created = s.config.Clock.Now()
	m.Updated = m.Created
	e := &entry{Message: m, steps: steps}
	s.log = append(s.log, e)
	s.bySID[m.SID] = e
	if len(s.log) > s.config.Keep {
		delete(s.bySID, s.log[0].SID)
		s.log[0] = nil
		s.log = s.log[1:]
	}
	s.tell(Change{At: m.Created, Message: &m})
	return e
}

// ranks orders the states, so that a plan whose callbacks come out of order
// does not take the message itself back.
var ranks = []string{"accepted", "queued", "sending", "sent", "undelivered", "failed", "delivered", "read"}

// move lets a step happen to its message. It reports false when the message
// has been forgotten.
func (s *Simulator) move(sid string, step Step) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.bySID[sid]
	if !ok {
		return Message{}, false
	}
	rank := slices.Index(ranks, step.Status)
	if rank <= slices.Index(ranks, e.Status) {
		return e.Message, true
	}
	e.Status, e.ErrorCode, e.Updated = step.Status, step.Code, s.config.Clock.Now()
	if e.Sent.IsZero() && rank >= slices.Index(ranks, "sent") && step.Status != "failed" {
		e.Sent = e.Updated
	}
	m := e.Message
	s.tell(Change{At: m.Updated, Message: &m})
	return m, true
}
