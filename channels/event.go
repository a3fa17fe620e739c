package channels

import "time"

// EventKind says what an event tells.
type EventKind string

// What providers tell us; of calls, see call.go, where Event.Call is set.
const (
	MessageReceived EventKind = "message" // a customer wrote; Event.Message is set
	DeliveryMoved   EventKind = "status"  // one of our messages moved on; Event.Status is set
)

// Event is one thing that a provider told us, in our words. Its texts are
// valid UTF-8 without NUL, so that Postgres takes them; Raw keeps the bytes.
type Event struct {
	Kind       EventKind
	ProviderID string    // names this event for ever within its account: a repeat has the same
	Account    string    // the provider's account, verified
	Sender     Kind      // the kind of our sender
	Ours       string    // our sender's address: E.164 without a channel's prefix, a phone number id, a site key
	Theirs     string    // the customer's address, likewise
	At         time.Time // when the provider says it happened; zero when it does not say
	Message    *Message  `json:",omitempty"`
	Status     *Status   `json:",omitempty"`
	Call       *Call     `json:",omitempty"`
	Raw        []byte    `json:"-"` // the body as it came
}

// Message is what a customer wrote.
type Message struct {
	Text   string            `json:"text"`
	Name   string            `json:"name,omitempty"`    // the customer's own profile name: anything at all may stand in it
	Media  []Media           `json:"media,omitempty"`   // at most 10
	OptOut OptOut            `json:"opt_out,omitempty"` // set when the provider recognized the word and answered it
	Reply  string            `json:"reply,omitempty"`   // the payload of a tapped button or list row
	Facts  map[string]string `json:"facts,omitempty"`   // location, referral and the like, by the provider's names
}

// Media is a file that came with a message and still lies at the provider.
type Media struct {
	URL         string `json:"url,omitempty"`
	ID          string `json:"id,omitempty"`
	ContentType string `json:"content_type,omitempty"` // as claimed
	Name        string `json:"name,omitempty"`
}

// OptOut is a provider's own reading of an opt-out word.
type OptOut string

// Twilio's OptOutType values.
const (
	OptOutStop  OptOut = "STOP"
	OptOutStart OptOut = "START"
	OptOutHelp  OptOut = "HELP"
)

// Status is how one of our messages fares.
type Status struct {
	Delivery   string `json:"delivery,omitempty"`    // our id, when the callback carries it
	ProviderID string `json:"provider_id,omitempty"` // the message's id at the provider
	State      State  `json:"state,omitempty"`       // empty when the provider's word is new to us
	Word       string `json:"word,omitempty"`        // the provider's own word
	Code       string `json:"code,omitempty"`        // the provider's error code
	Detail     string `json:"detail,omitempty"`      // the provider's error text
	Reason     Reason `json:"reason,omitempty"`      // what Code means, when there is one
}
