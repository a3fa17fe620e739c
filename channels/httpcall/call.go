// Package httpcall calls a provider's HTTP API.
//
// The hard decision: after a call that failed, one thing alone tells whether
// the message may be sent again: whether our request had left. So a Call notes
// that, and everything else about a failure is the provider's own table.
package httpcall

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"ringback/channels"
)

// maxRetryAfter bounds what we believe of a Retry-After header.
const maxRetryAfter = 24 * time.Hour

// NewClient returns a client that keeps connections open between calls, since
// a company's sends all go to one host, and follows no redirect: a POST that
// is sent elsewhere would carry the account's token there.
func NewClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Call is one call of an API.
type Call struct {
	// Hide are secrets that no error may show.
	Hide  []string
	wrote atomic.Bool // the request's headers have left
}

// Answer is what the API answered, read whole.
type Answer struct {
	Status int
	After  time.Duration // Retry-After; 0: none
	Header http.Header
	Body   []byte
}

// OK reports whether the status is a success.
func (a Answer) OK() bool { return a.Status >= 200 && a.Status <= 299 }

// Trace has a request of this call note whether it has left. The transport
// tries again on another connection only when nothing was written on the last,
// so that each connection begins anew. The body follows the headers, hence a
// request whose headers have not been written was not taken by anybody.
func (c *Call) Trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, c.trace())
}

func (c *Call) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { c.wrote.Store(false) },
		WroteHeaders: func() { c.wrote.Store(true) },
	}
}

// Do makes the request, whose context is one of Trace, and reads the whole
// answer, up to limit bytes, before it lets go of it: an answer that breaks
// off is known here, and the connection is free for the next call. A success
// that breaks off is an error, any other answer is one for what it says.
func (c *Call) Do(client *http.Client, request *http.Request, limit int64) (Answer, error) {
	answer, err := client.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit))
	a := Answer{
		Status: answer.StatusCode, Header: answer.Header, Body: body,
		After: RetryAfter(answer.Header, time.Now()),
	}
	if err != nil && a.OK() {
		return a, err
	}
	return a, nil
}

// Failed turns whatever went wrong before there was an answer that we can read
// into a *channels.SendError that holds neither a secret nor the address with
// its query.
func (c *Call) Failed(err error) *channels.SendError {
	e := &channels.SendError{Reason: channels.ReasonUnavailable, Retry: channels.Later}
	if c.wrote.Load() {
		e.Reason, e.Retry = channels.ReasonAmbiguous, channels.Look
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	e.Err = errors.New(c.Redact(err.Error()))
	for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, cause) {
			e.Err = cause // stays recognizable
		}
	}
	return e
}

// Redact takes the secrets out of a text that came from elsewhere.
func (c *Call) Redact(text string) string {
	for _, secret := range c.Hide {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	return text
}

// ByStatus says what an HTTP status means by itself, when there is no code
// that we know. A redirect was not followed, so nobody took the message.
func ByStatus(status int) channels.Code {
	switch {
	case status == http.StatusTooManyRequests:
		return channels.Code{Reason: channels.ReasonThrottled, Retry: channels.Later}
	case status >= 500, status == http.StatusRequestTimeout:
		return channels.Code{Reason: channels.ReasonAmbiguous, Retry: channels.Look}
	case status < 400:
		return channels.Code{Reason: channels.ReasonUnavailable, Retry: channels.Later}
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return channels.Code{Reason: channels.ReasonCredentials}
	case status == http.StatusNotFound:
		return channels.Code{Reason: channels.ReasonMisconfigured}
	}
	return channels.Code{Reason: channels.ReasonRejected}
}

// RetryAfter reads the header of that name: seconds or a date; 0 when there is neither.
// A date is one of the sender's clock, which may not be ours: it is as far off as from the
// answer's own Date, and from now where the answer has none.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	var after time.Duration
	said := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(said, 10, 32); err == nil {
		after = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(said); err == nil {
		if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
			now = theirs
		}
		after = at.Sub(now)
	}
	return min(max(after, 0), maxRetryAfter)
}
