// Package channels is the language Ringback speaks with providers: what they
// tell us (Event), what we ask of them (Outgoing), and the one interface a
// provider has to meet (Channel). A provider's folder below this one knows its
// wire format and nothing of teams, tickets or rules.
//
// The one hard decision: a provider is asked to verify and to parse in two
// steps, because the secret that verifies a request belongs to an account, and
// only the request says which account it claims to be from.
package channels

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// Kind is the kind of one of our senders, as the settings API names it.
type Kind string

// The kinds of senders. One phone number may be both an SMS and a Voice sender.
const (
	SMS            Kind = "sms"
	Voice          Kind = "voice"
	WhatsAppTwilio Kind = "whatsapp_twilio"
	WhatsAppCloud  Kind = "whatsapp_cloud"
	WebChat        Kind = "webchat"
)

// Channel is one provider.
type Channel interface {
	// Kinds are the kinds of senders that this provider carries.
	Kinds() []Kind
	// Hooks are the doors that the provider calls.
	Hooks() []Hook
	// Send hands one message to the provider. An error is a *SendError, which
	// says whether and how it may be tried again.
	Send(ctx context.Context, account Account, message Outgoing) (Receipt, error)
}

// Finder is a provider that can say whether it took a message whose answer we
// never got. Without it such a message stays Unknown until its callback.
type Finder interface {
	// Find looks for the message among those the provider took since then.
	// found is false when it is not there (yet); an error means nobody knows.
	Find(ctx context.Context, account Account, message Outgoing, since time.Time) (receipt Receipt, found bool, err error)
}

// Tracker is a provider that can be asked what became of a message that it
// took, for callbacks that never come.
type Tracker interface {
	// Track is the event that a callback about the message's present state is.
	// Of the message only its delivery, kind and addresses count. The error is a
	// *SendError.
	Track(ctx context.Context, account Account, message Outgoing, providerID string) (Event, error)
}

// CallTracker is a provider that can be asked what a call is doing.
type CallTracker interface {
	// TrackCall is CallEnded for a call that is over, and CallNoted for one that
	// goes on. The error is a *SendError.
	TrackCall(ctx context.Context, account Account, call string) (Event, error)
}

// TemplateChecker is a provider that can be asked how a template stands.
type TemplateChecker interface {
	// Template asks for one of a WhatsApp business account's, or at a provider whose
	// templates are the account's own, of that. False: it cannot be told. The error is
	// a *SendError.
	Template(ctx context.Context, account Account, business, name, language string) (Approval, bool, error)
}

// AccountChecker is a provider that can be asked whether an account's secrets are its own.
type AccountChecker interface {
	// CheckAccount asks with the key where the account has one. The error is a *SendError.
	CheckAccount(ctx context.Context, account Account) error
}

// BusinessChecker is a provider whose accounts belong to businesses, and that can be
// asked which.
type BusinessChecker interface {
	// CheckBusiness asks with the account's own secret whether it is one of the
	// business's. The error is a *SendError, and ErrOtherBusiness where the provider
	// says no.
	CheckBusiness(ctx context.Context, account Account, business string) error
}

// Account is a provider's account and what proves that we are it.
type Account struct {
	ID      string   // Twilio AccountSid, Meta app or business account
	Secrets []string // live secrets, the one to send with first; never an empty string
	Key     APIKey   // what the provider is called with in place of the first secret
}

// APIKey is a key for an account's API, which can be revoked alone. The provider
// signs with the account's secret whatever we call with.
type APIKey struct {
	SID    string `json:"sid"` // empty: there is none
	Secret string `json:"secret"`
}

// Hook is one door: where a provider calls and how its call is read. The
// order is Account, Verify, Parse; nothing is believed before Verify.
type Hook struct {
	Method  string // http.MethodPost
	Path    string // "/webhooks/twilio/messages"
	MaxBody int64  // bytes; a longer body is answered 413

	// Account says which account the request claims to come from. The error
	// is a *Malformed when the body cannot be read at all.
	Account func(Request) (string, error)
	// Accounts are all that one request may tell of, when that can be more than
	// one; nil: Account's alone. Those whose secret did not sign are not believed.
	Accounts func(Request) ([]string, error)
	// Businesses are the accounts that one request tells of as a whole, whoever of
	// our senders is in them: such an event is each one's, as far as what signed the
	// request may speak for it. Nil: there are none.
	Businesses func(Request) ([]string, error)
	// Verify returns ErrSignature unless one of the secrets signed the request.
	Verify func(r Request, secrets []string) error
	// Parse returns what the request tells, or a *Malformed naming the field.
	Parse func(Request) ([]Event, error)
	// Answer is what the provider wants back when all is well.
	Answer Answer
}

// Greeter is a provider that makes sure of a door before it calls there.
type Greeter interface {
	Greetings() []Greeting
}

// Greeting is a GET at the path of a hook that tells nothing and asks for an
// answer that only we can give: ErrSignature or a *Malformed when it is not
// our provider that asks.
type Greeting struct {
	Path  string
	Greet func(Request) (Answer, error)
}

// Answer is a fixed HTTP answer.
type Answer struct {
	ContentType string
	Body        string
}

// Request is a provider's HTTP request as the door received it.
type Request struct {
	Method   string
	URL      string // the configured public base URL and the untouched request URI
	Header   http.Header
	Body     []byte // raw, bounded by Hook.MaxBody
	Received time.Time
}

// Outgoing is one message for one customer.
type Outgoing struct {
	Delivery  string // our id; comes back with each status callback
	Kind      Kind   // of the sender
	From      string // our address, without a channel's prefix
	To        string // the customer's address, likewise
	Text      string
	Media     []Attachment
	Template  *Template // set: this is sent, and Text is only what it says to people
	Choices   []Choice  // what can be tapped instead of writing; not with Template or Media
	Service   string    // what sends in the sender's place and picks the way: a Messaging Service; empty: the sender itself
	Sender    string    // our id of the sender; comes back with each status callback of a service, which may pick a number that is nobody's
	PublicURL string    // where the provider reaches us; the channel appends its status door
}

// Attachment is a file that goes along with a message.
type Attachment struct {
	URL         string // where the provider fetches it: a link of ours, whose ending says nothing
	ContentType string // as its content says
	Name        string // as its owner named it
}

// Template is a message that the provider has approved beforehand: WhatsApp
// takes nothing else from us a day after the customer last wrote.
type Template struct {
	Name     string   `json:"name"`               // Meta's name of it, or Twilio's ContentSid
	Language string   `json:"language,omitempty"` // Meta's code, such as en_US; Twilio's has none
	Values   []string `json:"values,omitempty"`   // of {{1}}, {{2}}, … in its text
}

// Words is the template as people read it who do not know its text: its name, and
// what fills it.
func (t Template) Words() string {
	if len(t.Values) == 0 {
		return t.Name
	}
	return t.Name + ": " + strings.Join(t.Values, ", ")
}

// Approval is how a template stands at the provider.
type Approval struct {
	Name     string `json:"name"`
	Language string `json:"language"`
	Status   string `json:"status"` // APPROVED, PENDING, REJECTED, PAUSED …
	Reason   string `json:"reason,omitempty" doc:"Why, in the provider's words"`
}

// Choice is one answer that can be tapped.
type Choice struct {
	ID    string `json:"id"` // comes back as Message.Reply
	Title string `json:"title"`
}

// Receipt is the provider's word that it took a message.
type Receipt struct {
	ProviderID string // Twilio's MessageSid, Meta's wamid
	State      State
	Segments   int // 0 when the provider does not say
}
