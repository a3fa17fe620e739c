package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
)

var errNoSid = errors.New("the answer names no message")

// Send hands one message to Twilio. The error is a *channels.SendError.
func (c *Channel) Send(ctx context.Context, account channels.Account, message channels.Outgoing) (channels.Receipt, error) {
	from, to, err := wire(account, message)
	if err != nil {
		return channels.Receipt{}, err
	}
	params := &api.CreateMessageParams{}
	params.SetTo(to)
	if message.Service != "" { // which picks RCS, or one of its numbers
		params.SetMessagingServiceSid(message.Service)
	} else {
		params.SetFrom(from)
	}
	asked := c.question(ctx, account, message)
	switch {
	case message.Template != nil:
		variables, err := variablesOf(message.Template.Values)
		if err != nil {
			return channels.Receipt{}, &channels.SendError{Reason: channels.ReasonRejected, Err: err}
		}
		params.SetContentSid(message.Template.Name).SetContentVariables(variables)
	case asked.sid != "":
		params.SetContentSid(asked.sid).SetContentVariables(asked.variables)
	case message.Text != "":
		params.SetBody(message.Text)
	}
	if len(message.Media) > 0 {
		links := make([]string, len(message.Media))
		for n, file := range message.Media {
			links[n] = file.URL
		}
		params.SetMediaUrl(links)
	}
	if message.PublicURL != "" {
		params.SetStatusCallback(statusCallback(message))
	}
	taken, err := c.createMessage(ctx, account, params)
	if refused := (*channels.SendError)(nil); asked.sid != "" && errors.As(err, &refused) && slices.Contains(contentRefused, refused.Code) {
		asked.kept.forget(asked.sid)
		params.ContentSid, params.ContentVariables = nil, nil
		return c.createMessage(ctx, account, params.SetBody(message.Text)) // Twilio has taken nothing yet
	}
	return taken, err
}

// createMessage has Twilio create a message.
func (c *Channel) createMessage(ctx context.Context, account channels.Account, params *api.CreateMessageParams) (channels.Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	created, failed := call.service().CreateMessage(params)
	if failed == nil && text(created.Sid) == "" {
		failed = errNoSid
	}
	if failed != nil {
		return channels.Receipt{}, call.failure(failed)
	}
	if gaveUp := failedAtOnce(created); gaveUp != nil {
		return channels.Receipt{}, gaveUp
	}
	return receipt(created), nil
}

// variablesOf are a template's values as Twilio takes them: {"1": "Ann"}.
func variablesOf(values []string) (string, error) {
	numbered := make(map[string]string, len(values))
	for i, value := range values {
		numbered[strconv.Itoa(i+1)] = value
	}
	raw, err := json.Marshal(numbered)
	return string(raw), err
}

// wire says how both addresses are written to Twilio, and refuses what would
// not reach it in a shape that it can answer.
func wire(account channels.Account, message channels.Outgoing) (from, to string, err error) {
	if !alphanumeric(account.ID) || len(account.Secrets) == 0 || account.Secrets[0] == "" {
		return "", "", &channels.SendError{
			Reason: channels.ReasonCredentials, Err: errors.New("the account has no id or no token to send with"),
		}
	}
	switch message.Kind {
	case channels.SMS:
		return message.From, message.To, nil
	case channels.WhatsAppTwilio:
		return whatsApp + message.From, whatsApp + message.To, nil
	}
	return "", "", &channels.SendError{
		Reason: channels.ReasonMisconfigured, Err: errors.New("no message of this kind of sender goes through Twilio"),
	}
}

// alphanumeric keeps an account's id from being anything but one part of a
// path.
func alphanumeric(id string) bool {
	return id != "" && strings.IndexFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0
}

// tryAgain asks Twilio to repeat what it tells of a message, an advisor's leg or a
// recording up to five times, whatever went wrong: by itself it repeats only what could
// not connect, and a callback that found us with a 503 would be lost.
// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
const tryAgain = "#rc=5&rp=all"

func statusCallback(message channels.Outgoing) string {
	query := url.Values{deliveryParam: {message.Delivery}}
	if message.Service != "" && message.Sender != "" {
		query.Set(senderParam, message.Sender)
	}
	return strings.TrimSuffix(message.PublicURL, "/") + StatusPath + "?" + query.Encode() + tryAgain
}

// receipt reads a message that Twilio has. With a word for its state that is
// new to us it is at least in Twilio's hands.
func receipt(m *api.ApiV2010Message) channels.Receipt {
	r := channels.Receipt{ProviderID: text(m.Sid), State: states[text(m.Status)]}
	if r.State == "" {
		r.State = channels.Sending
	}
	if n, err := strconv.Atoi(text(m.NumSegments)); err == nil && n > 0 {
		r.Segments = n
	}
	return r
}

// failedAtOnce is the error of a message that Twilio created and gave up in
// the same answer; nil for any other.
func failedAtOnce(m *api.ApiV2010Message) *channels.SendError {
	state := states[text(m.Status)]
	if m.ErrorCode == nil || state != channels.Failed && state != channels.Undelivered {
		return nil
	}
	known := Explain(strconv.Itoa(*m.ErrorCode))
	return &channels.SendError{
		Reason: known.Reason, Code: known.Code, Retry: known.Retry, After: known.After, Err: errors.New(known.Means),
	}
}

// text reads one of twilio-go's optional fields.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
