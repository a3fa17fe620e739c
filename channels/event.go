package channels

import "time"

// EventKind says what an event tells.
type EventKind string

// What providers tell us; of calls, see call.go, where Event.Call is set.
const (
	MessageReceived EventKind = "message" // a customer wrote; Event.Message is set
	DeliveryMoved   EventKind = "status"  // one of our messages moved on; Event.Status is set
	StaffWrote      EventKind = "echo"    // one of the staff wrote to CustomerAddress, in an app of the provider's; Event.Message is set
	Noted           EventKind = "note"    // something else, kept in Raw for people to see
)

// Event is one thing that a provider told us, in our words. Its texts are
// valid UTF-8 without NUL, so that Postgres takes them; Raw keeps the bytes.
// Its JSON is stored in events.payload and unrouted events: the names there stay
// as they were first written, whatever the fields are called, because rows of
// earlier versions and replicas of the previous one read them.
type Event struct {
	Kind            EventKind `json:"Kind"`
	ProviderID      string    `json:"ProviderID"`         // names this event for ever within its account: a repeat has the same
	Account         string    `json:"Account"`            // the provider's account, verified
	Sender          Kind      `json:"Sender"`             // the kind of our sender
	SenderID        string    `json:"SenderID,omitempty"` // our id of it, where an address that we gave the provider names it
	SenderAddress   string    `json:"Ours"`               // our sender's address: E.164 without a channel's prefix, a phone number id, a site key
	CustomerAddress string    `json:"Theirs"`             // the customer's address, likewise
	Also            []string  `json:"Also,omitempty"`     // further addresses of the same person on that kind of channel, as the provider says
	At              time.Time `json:"At"`                 // when the provider says it happened; zero when it does not say
	Message         *Message  `json:"Message,omitempty"`
	Status          *Status   `json:"Status,omitempty"`
	Call            *Call     `json:"Call,omitempty"`
	Business        string    `json:"Business,omitempty"` // it is about each of our senders in this account of the provider's: see Hook.Businesses
	Note            *Note     `json:"Note,omitempty"`     // with Noted: what it is about, when that is known
	Template        *Approval `json:"Template,omitempty"` // with Noted: how one of the account's templates stands from now on
	Raw             []byte    `json:"-"`                  // the body as it came, or the part of it that this event was read from
}

// Note is what an event that asks for nothing is about.
type Note struct {
	Kind  string            `json:"kind"`            // the provider's word, such as account_update
	Own   bool              `json:"own,omitempty"`   // it is about our account, and holds no words of customers
	New   bool              `json:"new,omitempty"`   // the kind is new to us
	Facts map[string]string `json:"facts,omitempty"` // what it says, by the provider's names
}

// IsNew reports whether the event is of a kind that we do not know.
func (e Event) IsNew() bool {
	return e.Note != nil && e.Note.New || e.Message != nil && e.Message.Kind == UnknownMessage
}

// Message is what a customer wrote, or one of the staff (see StaffWrote).
type Message struct {
	Kind   MessageKind       `json:"kind,omitempty"`
	Text   string            `json:"text"`
	About  string            `json:"about,omitempty"`   // the provider's id of the message that it answers, changes or takes back
	Name   string            `json:"name,omitempty"`    // the customer's own profile name: anything at all may stand in it
	Media  []Media           `json:"media,omitempty"`   // at most 10
	OptOut OptOut            `json:"opt_out,omitempty"` // set when the provider recognized the word and answered it
	Reply  string            `json:"reply,omitempty"`   // the payload of a tapped button or list row
	Facts  map[string]string `json:"facts,omitempty"`   // location, referral and the like, by the provider's names
}

// MessageKind says what a message is when it is more, or less, than a text
// with files.
type MessageKind string

// The kinds of messages. Text says each of them to people.
const (
	PlainMessage       MessageKind = ""
	LocationMessage    MessageKind = "location"
	ContactsMessage    MessageKind = "contacts"
	OrderMessage       MessageKind = "order"
	ReplyMessage       MessageKind = "reply"       // a tapped button or list row: see Reply
	FormMessage        MessageKind = "form"        // a filled form (a flow): its fields are no words of the customer's
	UnsupportedMessage MessageKind = "unsupported" // the provider does not pass its content on
	UnknownMessage     MessageKind = "unknown"     // of a kind that is new to us
	ReactionMessage    MessageKind = "reaction"    // an emoji on About; an empty text takes it back
	EditMessage        MessageKind = "edit"        // About says this now
	RevokeMessage      MessageKind = "revoke"      // About was taken back
	SystemMessage      MessageKind = "system"      // the provider says something about the person
	WelcomeMessage     MessageKind = "welcome"     // the person opened the chat for the first time
	PermissionMessage  MessageKind = "permission"  // the person said whether they may be called: ✓ or ✗
)

// IsAnnotation reports whether the message only remarks on what was said, or tells
// of the person although nobody wrote: nobody waits for an answer to it.
func (k MessageKind) IsAnnotation() bool {
	switch k {
	case ReactionMessage, EditMessage, RevokeMessage, SystemMessage:
		return true
	}
	return k.Unwritten()
}

// Unwritten reports whether the person pressed something and wrote nothing, which
// is no news to anybody.
func (k MessageKind) Unwritten() bool { return k == WelcomeMessage || k == PermissionMessage }

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
	Again      *Again `json:"again,omitempty"`       // how what failed with Code may be sent again; nil: it may not

	Facts map[string]string `json:"facts,omitempty"` // what it costs and the like, by the provider's names
}

// Again is how a message may be sent again that the provider took and could not deliver
// for now.
type Again struct {
	After time.Duration `json:"after"` // not before this has passed
	Times int           `json:"times"` // how often at most
}
