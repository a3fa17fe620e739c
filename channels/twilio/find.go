package twilio

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
)

const (
	// findPage is how many messages between two addresses are looked through,
	// the newest first.
	findPage = 100
	// clockSkew is how far Twilio's clock may be behind ours.
	clockSkew = 5 * time.Second
)

// Find looks for a message that we sent since then without learning what
// became of it. Twilio keeps no id of ours where it could be asked for, so the
// two addresses, the text and the time have to tell. The list is not narrowed
// by DateSent, which is empty for as long as a message waits in the queue.
//
// Of several that fit, the first one created at that time or later is it, for
// what was sent before that time belongs to somebody else; only when there is
// none, the last one within the clocks' difference.
func (c *Channel) Find(ctx context.Context, account channels.Account, message channels.Outgoing, since time.Time) (channels.Receipt, bool, error) {
	from, to, err := wire(account, message)
	if err != nil {
		return channels.Receipt{}, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	var listed []api.ApiV2010Message
	for _, params := range listings(message, from, to) {
		page, err := call.service().PageMessage(params, "", "")
		if err != nil {
			return channels.Receipt{}, false, call.failure(err)
		}
		listed = append(listed, page.Messages...)
	}
	since = since.Truncate(time.Second) // as exact as Twilio's dates
	var best *api.ApiV2010Message
	var bestAt time.Time
	for i := range listed {
		m := &listed[i]
		if !sentBy(m, message, from) || phoneOf(text(m.To)) != to || !says(text(m.Body), message) || !outbound(m) {
			continue
		}
		at, err := time.Parse(time.RFC1123Z, text(m.DateCreated))
		if err != nil {
			return channels.Receipt{}, false, fmt.Errorf("message %s: date_created: %w", text(m.Sid), err)
		}
		if !at.Before(since.Add(-clockSkew)) && (best == nil || closer(at, bestAt, since)) {
			best, bestAt = m, at
		}
	}
	if best == nil {
		return channels.Receipt{}, false, nil
	}
	return receipt(best), true, nil
}

// listings are where a message stands in Twilio's list: between the two addresses,
// or, when a service has picked the way, at the customer's number by either.
func listings(message channels.Outgoing, from, to string) []*api.ListMessageParams {
	params := (&api.ListMessageParams{}).SetTo(to).SetPageSize(findPage)
	if message.Service == "" {
		return []*api.ListMessageParams{params.SetFrom(from)}
	}
	return []*api.ListMessageParams{params, (&api.ListMessageParams{}).SetTo(rcs + to).SetPageSize(findPage)}
}

// sentBy reports whether a message in Twilio's list left from our sender.
func sentBy(m *api.ApiV2010Message, message channels.Outgoing, from string) bool {
	if message.Service != "" {
		return text(m.MessagingServiceSid) == message.Service
	}
	return text(m.From) == from
}

// says reports whether a body in Twilio's list may be a message's: of what is made of a
// content it may list none.
func says(body string, message channels.Outgoing) bool {
	return message.Template != nil || lists(body, message.Text) || body == "" && message.Service != "" && len(message.Choices) > 0
}

// trialPrefix is what a trial account's texts begin with, on the phone and in
// the list. https://help.twilio.com/articles/360036052753
const trialPrefix = "Sent from your Twilio trial account - "

// mostListed is how many characters of a text Twilio takes and lists.
const mostListed = 1600

// lists reports whether a body in Twilio's list is a text of ours, as Twilio
// writes it there: with a trial account's prefix, without spaces at its ends, or
// cut.
func lists(body, sent string) bool {
	body, sent = strings.TrimSpace(strings.TrimPrefix(body, trialPrefix)), strings.TrimSpace(sent)
	if utf8.RuneCountInString(body) >= mostListed-len(trialPrefix) && strings.HasPrefix(sent, body) {
		return true
	}
	return body == sent
}

// closer reports whether a message created at a is rather the one sent since
// then than one created at b.
func closer(a, b, since time.Time) bool {
	if a.Before(since) || b.Before(since) {
		return a.After(b)
	}
	return a.Before(b)
}

func outbound(m *api.ApiV2010Message) bool {
	direction := text(m.Direction)
	return direction == "" || strings.HasPrefix(direction, "outbound")
}
