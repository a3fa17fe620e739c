package twilio

import (
	"net/url"

	"github.com/google/uuid"

	"ringback/channels"
)

// deliveryParam is the parameter of our status door that carries our own id,
// because a callback may come before the answer to the call that sent the
// message.
const deliveryParam = "delivery"

// senderParam is that of our id of the sender, where a Messaging Service sends: the
// number that it picks need not be one of ours.
const senderParam = "sender"

// states are Twilio's words. Until Twilio says "sent" it holds the message in
// a queue of its own. A word not listed here has no state.
// https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
var states = map[string]channels.State{
	"accepted":            channels.Sending,
	"scheduled":           channels.Sending,
	"queued":              channels.Sending,
	"sending":             channels.Sending,
	"sent":                channels.Sent,
	"partially_delivered": channels.Sent,
	"delivered":           channels.Delivered,
	"read":                channels.Read,
	"failed":              channels.Failed,
	"undelivered":         channels.Undelivered,
	"canceled":            channels.Canceled,
}

// parseStatus reads what became of one of our messages. Each word about a
// message is an event of its own, and a repeated word the same event.
func parseStatus(r channels.Request) ([]channels.Event, error) {
	form, err := parseForm(r.Body)
	if err != nil {
		return nil, err
	}
	account, err := required(form, "AccountSid")
	if err != nil {
		return nil, err
	}
	sid, err := messageSid(form)
	if err != nil {
		return nil, err
	}
	word, err := required(form, "MessageStatus", "SmsStatus")
	if err != nil {
		return nil, err
	}
	kind, from, to, err := peers(form)
	if err != nil {
		return nil, err
	}
	status := readStatus(form, word)
	status.Delivery = clean(query(r).Get(deliveryParam), maxID)
	status.ProviderID = sid
	sender := ""
	if id, err := uuid.Parse(query(r).Get(senderParam)); err == nil {
		sender = id.String() // in the one form that Postgres takes
	}
	return []channels.Event{{
		Kind: channels.DeliveryMoved, ProviderID: sid + "/" + word, Account: account,
		Sender: kind, SenderID: sender, SenderAddress: from, CustomerAddress: to, // we sent it
		Status: status, Raw: r.Body,
	}}, nil
}

func readStatus(form url.Values, word string) *channels.Status {
	s := &channels.Status{State: states[word], Word: word}
	code := plain(form.Get("ErrorCode"), 16)
	if code == "" || code == "0" {
		return s
	}
	known := Explain(code)
	s.Code, s.Reason, s.Again = code, known.Reason, known.Again()
	if known.Reason == channels.ReasonUnreachable { // told to people, who are to call instead
		s.Detail = known.Means
		return s
	}
	for _, detail := range []string{form.Get("ErrorMessage"), form.Get("ChannelStatusMessage"), known.Means} {
		if s.Detail = plain(detail, maxFact); s.Detail != "" {
			break
		}
	}
	return s
}
