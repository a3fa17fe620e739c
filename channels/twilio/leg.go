package twilio

import (
	"net/url"
	"strconv"
	"strings"

	"ringback/channels"
	"ringback/channels/phone"
)

// callFacts are the parameters that a call's journal keeps, by Twilio's names.
// https://www.twilio.com/docs/voice/twiml#request-parameters
var callFacts = []string{
	"CallStatus", "Direction", "SequenceNumber", "Timestamp", "SipResponseCode", "AnsweredBy",
	"ParentCallSid", "ForwardedFrom", "CalledVia", "CallerName", "StirVerstat", "ApplicationSid", "SipDomain",
	"FromCity", "FromState", "FromZip", "FromCountry",
	"Digits", "FinishedOnKey", "DialCallSid", "DialCallStatus", "DialSipResponseCode",
	"RecordingStatus", "RecordingSource", "RecordingStartTime", "ErrorCode",
}

// final are the words after which a call is over.
// https://www.twilio.com/docs/voice/api/call-resource#call-status-values
var final = map[string]bool{"completed": true, "busy": true, "failed": true, "no-answer": true, "canceled": true}

// leg is a voice request: what it says of one leg of a call.
type leg struct {
	form    url.Values
	body    []byte
	account string
	sid     string // of the leg
	parent  string // of the caller's leg, when this is an advisor's
	from    string
	to      string
}

func readLeg(r channels.Request) (leg, error) {
	form, err := parseForm(r.Body)
	if err != nil {
		return leg{}, err
	}
	l := leg{form: form, body: r.Body}
	if l.account, err = required(form, "AccountSid"); err != nil {
		return leg{}, err
	}
	if l.sid, err = sid(form, "CallSid", "CA"); err != nil {
		return leg{}, err
	}
	if form.Get("ParentCallSid") != "" {
		if l.parent, err = sid(form, "ParentCallSid", "CA"); err != nil {
			return leg{}, err
		}
	}
	if l.from, err = party(form, "From", "Caller"); err != nil {
		return leg{}, err
	}
	l.to, err = party(form, "To", "Called")
	return l, err
}

// sid reads an id of Twilio's: two letters for what it names, then hexadecimal
// digits; any letters and digits are taken.
func sid(form url.Values, name, prefix string) (string, error) {
	value, err := required(form, name)
	if err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(value, prefix)
	if !ok || rest == "" || len(value) > 64 || strings.ContainsAny(rest, "-_*#") || strings.Map(keepWord, rest) != rest {
		return "", &channels.Malformed{Field: name, Detail: "is not an id: " + prefix + " and up to 62 letters and digits"}
	}
	return value, nil
}

// event is the line in the journal of the call that the leg belongs to. Who
// called whom is named by the caller's leg alone: an advisor's says who rings
// the advisor's phone.
func (l leg) event(kind channels.EventKind, id string) channels.Event {
	e := channels.Event{
		Kind: kind, ProviderID: id, Account: l.account, Sender: channels.Voice, SenderAddress: l.to, CustomerAddress: l.from,
		Call: &channels.Call{ID: l.sid, Facts: map[string]string{}}, Raw: l.body,
	}
	keep(e.Call.Facts, l.form, callFacts)
	switch {
	case l.parent != "":
		e.Call.ID, e.Call.Facts["CallSid"] = l.parent, l.sid
		e.SenderAddress, e.CustomerAddress = "", ""
	case l.form.Get("Direction") == "outbound-dial":
		e.SenderAddress, e.CustomerAddress = "", ""
	case l.outbound():
		e.SenderAddress, e.CustomerAddress = l.from, l.to
	}
	return e
}

// outbound reports whether the call did not come in.
func (l leg) outbound() bool { return strings.HasPrefix(l.form.Get("Direction"), "outbound") }

func (l leg) over() bool { return final[l.form.Get("CallStatus")] }

// party is one side of a call. It may be anything short: a number, a SIP
// address, a client, a word for a caller who withheld the number, or nothing.
func party(form url.Values, names ...string) (string, error) {
	for _, name := range names {
		if form.Get(name) != "" {
			value, err := required(form, name)
			return number(value), err
		}
	}
	return "", nil
}

// number is a phone number without what people write between its digits and,
// of a SIP line, without the line; any other text as it is.
func number(text string) string {
	text = phone.Caller(text)
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()", r) {
			return -1
		}
		return r
	}, bare(text))
	if isNumber(digits) && !strings.HasPrefix(text, whatsApp) {
		return digits
	}
	return text
}

func isNumber(text string) bool {
	digits := strings.TrimPrefix(text, "+")
	return digits != "" && strings.Trim(digits, "0123456789") == ""
}

// maxKeys is how many keys a caller may press at once.
const maxKeys = 32

// digits are the pressed keys. Record says "hangup" in their place when the
// caller was gone before any was.
func (l leg) digits() (keys string, hungUp bool, err error) {
	keys = l.form.Get("Digits")
	if keys == "hangup" {
		return "", true, nil
	}
	if len(keys) > maxKeys || strings.Trim(keys, "0123456789*#ABCD") != "" {
		return "", false, &channels.Malformed{Field: "Digits", Detail: "more than 32 keys, or none of a phone's"}
	}
	return keys, false, nil
}

// dial is how a Dial ended.
func (l leg) dial() *channels.Dial {
	d := &channels.Dial{
		Status:  plain(l.form.Get("DialCallStatus"), maxWord),
		Bridged: l.form.Get("DialBridged") == "true",
		Leg:     plain(l.form.Get("DialCallSid"), maxID),
	}
	if seconds := l.seconds("DialCallDuration"); seconds != nil {
		d.Seconds = *seconds
	}
	return d
}

// recording is what was recorded, or is about to be ready. Whether its address
// is Twilio's is checked by whoever fetches it.
func (l leg) recording() *channels.Recording {
	rec := &channels.Recording{
		ID:  plain(l.form.Get("RecordingSid"), maxID),
		URL: clean(l.form.Get("RecordingUrl"), maxFact),
	}
	if seconds := l.seconds("RecordingDuration"); seconds != nil {
		rec.Seconds = *seconds
	}
	return rec
}

// seconds reads a duration; nil when it is not there or not one.
func (l leg) seconds(name string) *int {
	n, err := strconv.Atoi(l.form.Get(name))
	if err != nil || n < 0 {
		return nil
	}
	return &n
}
