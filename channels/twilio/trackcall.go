package twilio

import (
	"context"
	"errors"
	"strconv"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
)

var errNoCall = errors.New("that is no id of a call")

// TrackCall asks what a call is doing. Its end has the name of no callback: the
// first that is told of it stands, whoever tells it.
// https://www.twilio.com/docs/voice/api/call-resource#fetch-a-call-resource
func (c *Channel) TrackCall(ctx context.Context, account channels.Account, sid string) (channels.Event, error) {
	if !alphanumeric(sid) {
		return channels.Event{}, &channels.SendError{Reason: channels.ReasonRejected, Err: errNoCall}
	}
	if account.ID == "" || len(account.Secrets) == 0 {
		return channels.Event{}, &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("there is no account to ask with")}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	found, err := call.service().FetchCall(sid, &api.FetchCallParams{})
	if err == nil && text(found.Status) == "" {
		err = errors.New("the answer says nothing of the call's status")
	}
	if err != nil {
		return channels.Event{}, call.failure(err)
	}
	status := plain(text(found.Status), maxWord)
	e := channels.Event{
		Kind: channels.CallNoted, ProviderID: sid + "/asked/" + status, Account: account.ID, Sender: channels.Voice,
		Call: &channels.Call{ID: sid, Facts: map[string]string{"CallStatus": status}},
	}
	if final[status] {
		e.Kind, e.Call.Status = channels.CallEnded, status
		if seconds, err := strconv.Atoi(text(found.Duration)); err == nil && seconds >= 0 {
			e.Call.Seconds = &seconds
		}
	}
	return e, nil
}
