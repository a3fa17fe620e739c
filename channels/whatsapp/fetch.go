package whatsapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
	"ringback/channels/httpcall"
)

// lookaside is where Meta keeps customers' files. Beside the API it is the one
// host that the token is shown to, as Meta demands.
const lookaside = "lookaside.fbsbx.com"

var mediaID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// Fetch opens a file of a message. Meta names files by an id, and for that gives
// an address for a few minutes: it is asked for anew each time.
func (c *Channel) Fetch(ctx context.Context, account channels.Account, media channels.Media) (*channels.File, error) {
	if !mediaID.MatchString(media.ID) {
		return nil, astray(channels.FetchAddress, "the file has no id that it could be fetched by")
	}
	var lies struct {
		URL  word `json:"url"`
		Type word `json:"mime_type"`
	}
	err := c.call(ctx, account, http.MethodGet, media.ID, url.Values{"phone_number_id": {account.ID}}, nil, &lies)
	if err != nil {
		return nil, notGiven(err)
	}
	at, err := url.Parse(string(lies.URL))
	if err != nil || at.Host == "" || at.User != nil {
		return nil, astray(channels.FetchAddress, "the file lies at no address")
	}
	if !c.keeps(at) {
		return nil, astray(channels.FetchForeign, "the file is not at Meta")
	}
	return c.fetch(ctx, account, at, media, string(lies.Type))
}

// keeps reports whether Meta keeps files there, or whoever was configured in
// Meta's place.
func (c *Channel) keeps(at *url.URL) bool {
	if at.Scheme == c.BaseURL.Scheme && strings.EqualFold(at.Host, c.BaseURL.Host) {
		return true
	}
	return at.Scheme == "https" && strings.EqualFold(at.Host, lookaside)
}

func (c *Channel) fetch(ctx context.Context, account channels.Account, at *url.URL, media channels.Media, kind string) (*channels.File, error) {
	sent := &httpcall.Call{Hide: account.Secrets}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, astray(channels.FetchAddress, "the file lies at no address")
	}
	request.Header.Set("User-Agent", "ringback")
	request.Header.Set("Accept-Encoding", "identity") // what is announced is what comes
	request.Header.Set("Authorization", "Bearer "+account.Secrets[0])
	answer, err := c.files.Do(request)
	if err != nil {
		var private httpcall.PrivateError
		if errors.As(err, &private) {
			return nil, astray(channels.FetchForeign, private.Error())
		}
		return nil, &channels.FetchError{Reason: channels.FetchUnavailable, Err: sent.Failed(err).Err}
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		return nil, byStatus(answer.StatusCode)
	}
	return &channels.File{
		ReadCloser: answer.Body, Size: answer.ContentLength, ContentType: fit.Line(cmp.Or(answer.Header.Get("Content-Type"), kind), maxPlain), Name: media.Name,
	}, nil
}

func astray(reason channels.FetchReason, words string) *channels.FetchError {
	return &channels.FetchError{Reason: reason, Err: errors.New(words)}
}

// byStatus is an answer that is not the file. One that points elsewhere is not
// followed: Meta does not do that.
func byStatus(status int) *channels.FetchError {
	e := &channels.FetchError{Reason: channels.FetchUnavailable, Err: fmt.Errorf("the provider answered %d", status)}
	switch {
	case status >= 300 && status < 400:
		e.Reason = channels.FetchForeign
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Reason = channels.FetchCredentials
	case status == http.StatusNotFound, status == http.StatusGone:
		e.Reason = channels.FetchMissing
	}
	return e
}

// notGiven is a file that Meta does not say the address of.
func notGiven(err error) *channels.FetchError {
	var refused *channels.SendError
	if !errors.As(err, &refused) {
		return &channels.FetchError{Reason: channels.FetchUnavailable, Err: err}
	}
	e := &channels.FetchError{Reason: channels.FetchUnavailable, After: refused.After, Err: refused.Err}
	switch {
	case refused.Code == unseen, refused.Reason == channels.ReasonRejected, refused.Reason == channels.ReasonMisconfigured:
		e.Reason = channels.FetchMissing
	case refused.Reason == channels.ReasonCredentials:
		e.Reason = channels.FetchCredentials
	}
	return e
}
