package events

import (
	"encoding/json"
	"fmt"
	"slices"

	"ringback/channels"
	"ringback/gateway/rules"
)

// Internal is what an event of the gateway's own tells: one type for each kind
// of happening and of timer. Their JSON stands in events.payload, below "ask":
// the names there stay as they were first written, because rows of earlier
// versions and replicas of the previous one read them.
type Internal interface {
	Kind() channels.EventKind
}

// The kinds of the timers; those of what happened are the rules'.
const (
	askHeldKind        channels.EventKind = "request_held"
	callHeldKind       channels.EventKind = "call_held"
	ticketLapseKind    channels.EventKind = "ticket_lapse"
	requestExpiredKind channels.EventKind = "request_expired"
	callBackLapseKind  channels.EventKind = "call_back_lapse"
	plannedKind        channels.EventKind = "planned"
	sendAgainKind      channels.EventKind = "send_again"
)

// Ask is what all events have in common on which a customer is asked for
// something, or told.
type Ask struct {
	Contact string `json:"contact,omitempty"`
	Ticket  string `json:"ticket,omitempty"` // empty: it is about none
	For     string `json:"kind,omitempty"`   // what they are asked for, as the rules name it
}

// TicketChanged is a ticket that is done, or closed as resolved.
type TicketChanged struct {
	Closed bool `json:"-"` // which of the two the event's kind says
	Ask
	Staff string `json:"staff,omitempty"` // the id of who did it, if one of the staff
}

// Request is an advisor who asks the customer of a ticket for something.
type Request struct {
	Ask
	Request string `json:"request,omitempty"` // its id
	Link    string `json:"link,omitempty"`    // of the customer's page
	Message string `json:"message,omitempty"` // the advisor's own words
}

// PageShared is an advisor who shares the team's contact page.
type PageShared struct {
	Ask
	Link string `json:"link,omitempty"`
}

// AskHeld is the timer that decides again about one of the three, which was put
// off to a decent hour.
type AskHeld struct {
	Held Deferred
	Of   Internal // TicketChanged, Request or PageShared
}

// Deferred names the event whose decision waits.
type Deferred struct {
	Kind channels.EventKind `json:"kind"`
	Name string             `json:"name"`
}

// TicketCreated is a ticket that a customer created on the web or in an app.
type TicketCreated struct {
	Contact string `json:"contact,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Beside  bool   `json:"beside,omitempty"` // the customer had one open already
}

// TicketLapse is the timer on a ticket that is done: nobody said whether it is
// resolved.
type TicketLapse struct {
	Ask
	Staff string `json:"staff,omitempty"`
}

// RequestExpired is the timer that ends the life of a link.
type RequestExpired struct {
	Contact string `json:"contact,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Request string `json:"request,omitempty"`
}

// MessagePlanned is the timer of what an advisor wrote to go out later.
type MessagePlanned struct {
	Contact string `json:"contact,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Message string `json:"message,omitempty"` // the id of what is planned
}

// SendAgain is the timer of a message that the provider took and could not deliver for
// now.
type SendAgain struct {
	Contact  string `json:"contact,omitempty"` // empty: it is to one of the staff
	Delivery string `json:"delivery,omitempty"`
}

// CallBackLapse is the timer of a call that one of the staff made.
type CallBackLapse struct {
	Contact string `json:"contact,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Call    string `json:"call,omitempty"`
}

// CallSettled is the timer of a call of which nothing more can change. Which
// call it is says the event's name: that and CallHeld carry nothing.
type CallSettled struct{}

// CallHeld is the timer that decides again about a call whose reply was held
// back.
type CallHeld struct{}

// Kind is ticket_done or ticket_closed.
func (t TicketChanged) Kind() channels.EventKind {
	if t.Closed {
		return rules.TicketClosed
	}
	return rules.TicketDone
}

// Kind is request.
func (Request) Kind() channels.EventKind { return rules.Requested }

// Kind is share.
func (PageShared) Kind() channels.EventKind { return rules.Shared }

// Kind is request_held.
func (AskHeld) Kind() channels.EventKind { return askHeldKind }

// Kind is ticket.
func (TicketCreated) Kind() channels.EventKind { return rules.TicketCreated }

// Kind is ticket_lapse.
func (TicketLapse) Kind() channels.EventKind { return ticketLapseKind }

// Kind is request_expired.
func (RequestExpired) Kind() channels.EventKind { return requestExpiredKind }

// Kind is call_back_lapse.
func (CallBackLapse) Kind() channels.EventKind { return callBackLapseKind }

// Kind is planned.
func (MessagePlanned) Kind() channels.EventKind { return plannedKind }

// Kind is send_again.
func (SendAgain) Kind() channels.EventKind { return sendAgainKind }

// Kind is call.
func (CallSettled) Kind() channels.EventKind { return rules.CallSettled }

// Kind is call_held.
func (CallHeld) Kind() channels.EventKind { return callHeldKind }

// MarshalJSON writes what is held and, beside its fields, under which name.
func (h AskHeld) MarshalJSON() ([]byte, error) {
	of, err := json.Marshal(h.Of)
	if err != nil {
		return nil, err
	}
	held, err := json.Marshal(h.Held)
	if err != nil {
		return nil, err
	}
	return slices.Concat(of[:len(of)-1], []byte(`,"held":`), held, []byte("}")), nil // a customer is always named, so there is a field before
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *AskHeld) UnmarshalJSON(raw []byte) error {
	var named struct {
		Held Deferred `json:"held"`
	}
	if err := json.Unmarshal(raw, &named); err != nil {
		return err
	}
	of, err := internal(named.Held.Kind, raw)
	h.Held, h.Of = named.Held, of
	return err
}

// enveloped is the payload of the gateway's own event. Its one field is none of
// a provider's event, so that neither is taken for the other.
type enveloped struct {
	Ask json.RawMessage `json:"ask"`
}

// encode is an own event as it is stored.
func encode(p Internal) ([]byte, error) {
	switch p.(type) {
	case CallSettled, CallHeld:
		return []byte(`{}`), nil
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return json.Marshal(enveloped{raw})
}

// Decode is what the event tells: a channels.Event if a provider told it, else
// one of the types of Internal, as a value.
func (e Event) Decode() (any, error) {
	var err error
	switch e.Kind {
	case channels.MessageReceived, channels.StaffWrote, channels.DeliveryMoved, channels.Noted, channels.CallArrived, channels.CallStepped,
		channels.CallDialed, channels.CallEnded, channels.CallRecorded, channels.CallNoted, channels.CalledBack:
		var told channels.Event
		if err = json.Unmarshal(e.Payload, &told); err == nil {
			return told, nil
		}
	case rules.CallSettled:
		return CallSettled{}, nil
	case callHeldKind:
		return CallHeld{}, nil
	default:
		var own enveloped
		if err = json.Unmarshal(e.Payload, &own); err == nil {
			var p Internal
			if p, err = internal(e.Kind, own.Ask); err == nil {
				return p, nil
			}
		}
	}
	return nil, fmt.Errorf("event %s: payload: %w", e.ID, err)
}

// internal reads one of the gateway's own events of a kind.
func internal(kind channels.EventKind, raw []byte) (Internal, error) {
	switch kind {
	case rules.TicketDone, rules.TicketClosed:
		return read(raw, TicketChanged{Closed: kind == rules.TicketClosed})
	case rules.Requested:
		return read(raw, Request{})
	case rules.Shared:
		return read(raw, PageShared{})
	case rules.TicketCreated:
		return read(raw, TicketCreated{})
	case askHeldKind:
		return read(raw, AskHeld{})
	case ticketLapseKind:
		return read(raw, TicketLapse{})
	case requestExpiredKind:
		return read(raw, RequestExpired{})
	case plannedKind:
		return read(raw, MessagePlanned{})
	case callBackLapseKind:
		return read(raw, CallBackLapse{})
	case sendAgainKind:
		return read(raw, SendAgain{})
	}
	return nil, fmt.Errorf("nobody handles the kind %q", kind)
}

func read[P Internal](raw []byte, p P) (Internal, error) {
	err := json.Unmarshal(raw, &p)
	return p, err
}
