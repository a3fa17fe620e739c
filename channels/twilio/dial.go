package twilio

import (
	"context"
	"errors"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
)

// Dial rings a phone. That is no more idempotent at Twilio than a message is, and
// nothing looks for a call afterwards: one that may be ringing is left to tell.
// https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource
func (c *Channel) Dial(ctx context.Context, account channels.Account, out channels.OutgoingCall) (string, error) {
	if !alphanumeric(account.ID) || len(account.Secrets) == 0 || account.Secrets[0] == "" {
		return "", &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("the account has no id or no token to call with")}
	}
	doors := document{base: out.PublicURL}
	params := &api.CreateCallParams{}
	params.SetFrom(out.From).SetTo(out.To).SetTimeout(out.Seconds)
	params.SetUrl(doors.address(NextPath, out.Place)).SetStatusCallback(doors.address(CallsPath, out.Place) + tryAgain)
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	made, err := call.service().CreateCall(params)
	if err == nil && text(made.Sid) == "" {
		err = errNoCall
	}
	if err != nil {
		return "", call.failure(err)
	}
	return text(made.Sid), nil
}
