package whatsapp

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"ringback/channels"
	"ringback/channels/fit"
)

// maxItems bounds what one body may tell of. Meta says at most 1,000.
const maxItems = 5000

// whatsAppObject is what Meta calls a WhatsApp business account.
const whatsAppObject = "whatsapp_business_account"

// change is one part of a body: what happened at one phone number, or to a
// business as a whole.
type change struct {
	Field word  `json:"field"`
	Value value `json:"value"`

	business string    // the id of the entry that it stands in
	moment   string    // when that is, so far as Meta or our clock says: see noted
	at       time.Time // when that is, so far as Meta says
	raw      []byte
}

// value is a change's content under the fields "messages", "calls", "smb_message_echoes"
// (or "message_echoes") and "user_id_update".
// Under any other field only its metadata are looked at.
type value struct {
	Metadata struct {
		PhoneNumberID word `json:"phone_number_id"`
		Display       word `json:"display_phone_number"`
	} `json:"metadata"`
	Contacts list                       `json:"contacts"`
	Messages list                       `json:"messages"`
	Statuses list                       `json:"statuses"`
	Calls    list                       `json:"calls"`
	Errors   list                       `json:"errors"`
	Echoes   list                       `json:"message_echoes"`
	UserIDs  list                       `json:"user_id_update"`
	others   map[string]json.RawMessage // what else stands beside these
}

// account is the phone number id that the change is about, if any.
func (c change) account() string {
	if id := string(c.Value.Metadata.PhoneNumberID); fit.Printable(id, maxID) {
		return id
	}
	return ""
}

// open splits a body into its changes. What is no list of entries at all is
// malformed; an entry or a change that cannot be read is one without a field.
func open(body []byte) ([]change, error) {
	var envelope struct {
		Object word              `json:"object"`
		Entry  []json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal(exact(body), &envelope); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return nil, &channels.Malformed{Field: fit.Text(wrong.Field, 64), Detail: "must not be a JSON " + wrong.Value}
		}
		return nil, &channels.Malformed{Detail: "the body is not JSON, ends early or is nested too deeply"}
	}
	if envelope.Object != whatsAppObject {
		return []change{{raw: body}}, nil
	}
	var changes []change
	items := 0
	for _, raw := range envelope.Entry {
		for _, c := range enter(raw) {
			items += max(1, len(c.Value.Messages)+len(c.Value.Statuses)+len(c.Value.Calls)+len(c.Value.Echoes)+len(c.Value.Errors))
			changes = append(changes, c)
		}
		if items > maxItems {
			return nil, &channels.Malformed{Field: "entry", Detail: "tells of more than 5,000 things"}
		}
	}
	return changes, nil
}

func enter(raw json.RawMessage) []change {
	var entry struct {
		ID      word              `json:"id"`
		Time    word              `json:"time"`
		Changes []json.RawMessage `json:"changes"`
	}
	if lenient(raw, &entry) != nil {
		return []change{{raw: raw}}
	}
	changes := make([]change, 0, len(entry.Changes))
	for _, raw := range entry.Changes {
		c := change{business: fit.Text(string(entry.ID), maxID), moment: fit.Text(string(entry.Time), maxID), at: instant(entry.Time), raw: raw}
		if lenient(raw, &c) != nil {
			c.Field = ""
		}
		c.Value.others = besides(raw)
		changes = append(changes, c)
	}
	return changes
}

// read are the parts of a value that are read, or say nothing by themselves.
var read = []string{"messaging_product", "metadata", "contacts", "messages", "statuses", callsField, echoesField, "errors", userIDUpdate}

// besides are the other parts of a change's value: what Meta sends beside
// messages is kept, whatever it is.
func besides(raw []byte) map[string]json.RawMessage {
	var c struct {
		Value map[string]json.RawMessage `json:"value"`
	}
	if json.Unmarshal(raw, &c) != nil {
		return nil
	}
	for _, name := range read {
		delete(c.Value, name)
	}
	return c.Value
}

// lenient reads what has the expected type and leaves out what has not, which
// is how encoding/json goes on after such an error. The error is that there is
// no object at all.
func lenient(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return nil
	}
	return err
}

// word is a string that has been seen as a number, too.
type word string

// UnmarshalJSON takes strings and numbers, and nothing of anything else.
func (w *word) UnmarshalJSON(raw []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(raw, &s) == nil:
		*w = word(s)
	case json.Unmarshal(raw, &n) == nil:
		*w = word(n)
	default:
		*w = ""
	}
	return nil
}

// list is a list of things to be read one by one. What stands in its place and
// is none is one thing, which then cannot be read.
type list []json.RawMessage

// UnmarshalJSON never fails.
func (l *list) UnmarshalJSON(raw []byte) error {
	var things []json.RawMessage
	if json.Unmarshal(raw, &things) != nil {
		things = []json.RawMessage{append([]byte(nil), raw...)}
	}
	*l = things
	return nil
}

// flag is the word for a yes, and empty for a no.
func flag(yes bool) string {
	if !yes {
		return ""
	}
	return strconv.FormatBool(yes)
}
