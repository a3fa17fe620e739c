package twilio

import (
	"context"
	"net/http"
	"path"
	"regexp"
	"strings"

	"ringback/channels"
)

// erasable are the addresses at the API that a file has: of a message, or of a
// call. Whatever else somebody made us believe a file is must not be deleted.
var erasable = regexp.MustCompile(`^/2010-04-01/Accounts/[A-Za-z0-9]+/(Messages/[A-Za-z0-9]+/Media|Recordings)/[A-Za-z0-9]+$`)

// Erase deletes a file of a message or a recording at Twilio.
// https://www.twilio.com/docs/messaging/api/media-resource#delete-a-media-resource
// https://www.twilio.com/docs/voice/api/recording#delete-a-recording-resource
func (c *Channel) Erase(ctx context.Context, account channels.Account, media channels.Media) error {
	at, err := c.place(media.URL)
	if err != nil {
		return err
	}
	base := strings.TrimSuffix(c.base.Path, "/")
	name := strings.TrimPrefix(at.Path, base)
	name = strings.TrimSuffix(name, path.Ext(name)) // .mp3 is the same recording
	if !c.ours(at) || !erasable.MatchString(name) {
		return astray(channels.FetchForeign, "that is no file at the provider's API")
	}
	if len(account.Secrets) == 0 {
		return astray(channels.FetchCredentials, "there is no account to delete it with")
	}
	at.Path, at.RawPath, at.RawQuery = base+name+".json", "", ""
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	call := c.call(ctx, account)
	request, err := http.NewRequestWithContext(call.Trace(ctx), http.MethodDelete, at.String(), nil)
	if err != nil {
		return astray(channels.FetchAddress, "the file has no address that it could be deleted at")
	}
	request.Header.Set("User-Agent", "ringback")
	authorize(request, account)
	answer, err := call.Do(c.http, request, maxAnswer)
	switch {
	case err != nil:
		return &channels.FetchError{Reason: channels.FetchUnavailable, Err: call.failure(err).Err}
	case answer.OK() || answer.Status == http.StatusNotFound || answer.Status == http.StatusGone:
		return nil
	}
	failed := notGiven(&http.Response{StatusCode: answer.Status, Header: answer.Header})
	failed.After = answer.After
	return failed
}
