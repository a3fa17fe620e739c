package twilio

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
)

// Track asks what became of a message. The answer has the name of the callback
// that would have told it, so that one that comes later changes nothing. The
// error is a *channels.SendError.
func (c *Channel) Track(ctx context.Context, account channels.Account, message channels.Outgoing, sid string) (channels.Event, error) {
	if _, _, err := wire(account, message); err != nil {
		return channels.Event{}, err
	}
	if !alphanumeric(sid) {
		return channels.Event{}, &channels.SendError{Reason: channels.ReasonRejected, Err: errNoSid}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	m, err := call.service().FetchMessage(sid, &api.FetchMessageParams{})
	if err == nil && text(m.Status) == "" {
		err = errors.New("the answer says nothing of the message's state")
	}
	if err != nil {
		return channels.Event{}, call.failure(err)
	}
	form := url.Values{"ErrorMessage": {text(m.ErrorMessage)}}
	if m.ErrorCode != nil {
		form.Set("ErrorCode", strconv.Itoa(*m.ErrorCode))
	}
	word := plain(text(m.Status), maxID)
	status := readStatus(form, word)
	status.Delivery, status.ProviderID = message.Delivery, sid
	return channels.Event{
		Kind: channels.DeliveryMoved, ProviderID: sid + "/" + word, Account: account.ID,
		Sender: message.Kind, SenderAddress: message.From, CustomerAddress: message.To, Status: status,
	}, nil
}
