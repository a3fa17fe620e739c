package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/channels"
	"ringback/channels/httpcall"
)

// resources is where the API's files lie: to these addresses alone the
// account's token goes along.
const resources = "/2010-04-01/Accounts/"

// maxHops is how often the way to a file may be pointed elsewhere. Twilio
// points once, from its API to where the file is kept.
const maxHops = 4

// Fetch opens a file of a message or a recording. Twilio's API answers either
// the file or another address for it, at which a request that brings
// credentials would be refused: each hop is a request of its own, checked anew.
func (c *Channel) Fetch(ctx context.Context, account channels.Account, media channels.Media) (*channels.File, error) {
	at, err := c.place(media.URL)
	if err != nil {
		return nil, err
	}
	for range maxHops {
		answer, err := c.get(ctx, account, at)
		if err != nil {
			return nil, c.unfetched(account, err)
		}
		if answer.StatusCode == http.StatusOK {
			return &channels.File{
				ReadCloser: answer.Body, Size: answer.ContentLength, ContentType: plain(answer.Header.Get("Content-Type"), maxPlain), Name: media.Name,
			}, nil
		}
		_ = answer.Body.Close()
		location := answer.Header.Get("Location")
		if answer.StatusCode < 300 || answer.StatusCode > 399 || location == "" {
			return nil, notGiven(answer)
		}
		next, err := at.Parse(location)
		if err != nil {
			return nil, astray(channels.FetchAddress, "the provider points to an address that is none")
		}
		if at, err = c.place(next.String()); err != nil {
			return nil, err
		}
	}
	return nil, astray(channels.FetchForeign, "the provider points from one address to the next without an end")
}

// place says where a file is to be asked for, or refuses. An address at
// Twilio's API leads to whatever was configured in its place.
func (c *Channel) place(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Opaque != "" {
		return nil, astray(channels.FetchAddress, "the file has no address that it could be fetched from")
	}
	if strings.EqualFold(u.Host, twilioAPI) {
		u.Scheme, u.Host = c.base.Scheme, c.base.Host
		u.Path, u.RawPath = strings.TrimSuffix(c.base.Path, "/")+u.Path, ""
	}
	switch {
	case c.ours(u):
	case u.Scheme != "https":
		return nil, astray(channels.FetchForeign, "the file is not at an https address of the provider")
	case !twilioKeeps(u):
		return nil, astray(channels.FetchForeign, "the file is not at the provider")
	}
	return u, nil
}

// ours reports whether the address is at the API.
func (c *Channel) ours(u *url.URL) bool {
	return u.Scheme == c.base.Scheme && strings.EqualFold(u.Host, c.base.Host)
}

// twilioKeeps reports whether Twilio keeps files there: its own names, the name
// of its media network, and the bucket that this stands before.
func twilioKeeps(u *url.URL) bool {
	if port := u.Port(); port != "" && port != "443" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "s3-external-1.amazonaws.com" {
		return strings.HasPrefix(u.Path, "/media.twiliocdn.com/") && !strings.Contains(u.Path, "..")
	}
	for _, domain := range []string{"twilio.com", "twiliocdn.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

func (c *Channel) get(ctx context.Context, account channels.Account, at *url.URL) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "ringback")
	request.Header.Set("Accept-Encoding", "identity") // what is announced is what comes
	if c.ours(at) && strings.HasPrefix(at.EscapedPath(), strings.TrimSuffix(c.base.Path, "/")+resources) && len(account.Secrets) > 0 {
		authorize(request, account)
	}
	return c.files.Do(request)
}

func astray(reason channels.FetchReason, words string) *channels.FetchError {
	return &channels.FetchError{Reason: reason, Err: errors.New(words)}
}

// notGiven is an answer that is neither the file nor the way to it. What is
// not there may be on its way still: a recording is announced before it is ready.
func notGiven(answer *http.Response) *channels.FetchError {
	e := &channels.FetchError{
		Reason: channels.FetchUnavailable, Err: fmt.Errorf("the provider answered %d", answer.StatusCode),
		After: httpcall.RetryAfter(answer.Header, time.Now()),
	}
	switch answer.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Reason = channels.FetchCredentials
	case http.StatusNotFound, http.StatusGone:
		e.Reason = channels.FetchMissing
	}
	return e
}

// unfetched is a request that was not answered.
func (c *Channel) unfetched(account channels.Account, err error) *channels.FetchError {
	var private httpcall.PrivateError
	if errors.As(err, &private) {
		return astray(channels.FetchForeign, private.Error())
	}
	sent := &call{channel: c, account: account}
	return &channels.FetchError{Reason: channels.FetchUnavailable, Err: sent.failure(err).Err}
}
