package twilio

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"ringback/channels"
)

// maxRetryAfter bounds what we believe of a Retry-After header.
const maxRetryAfter = 24 * time.Hour

// refusal is an answer other than a success.
type refusal struct {
	status  int
	after   time.Duration // Retry-After
	code    string        // Twilio's own code; empty when the body was not its JSON
	message string
}

func (r *refusal) Error() string {
	if r.message == "" {
		return fmt.Sprintf("HTTP status %d", r.status)
	}
	return r.message
}

// refused reads an answer that is not a success. The body may be Twilio's
// JSON, a proxy's page or nothing.
func refused(answer *http.Response, body []byte) *refusal {
	r := &refusal{status: answer.StatusCode, after: retryAfter(answer.Header.Get("Retry-After"), time.Now())}
	var said struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &said) == nil && said.Code != 0 {
		r.code, r.message = strconv.Itoa(said.Code), plain(said.Message, 300)
	}
	return r
}

// retryAfter reads seconds or a date; 0 when there is neither.
func retryAfter(header string, now time.Time) time.Duration {
	var after time.Duration
	if seconds, err := strconv.ParseUint(header, 10, 32); err == nil {
		after = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		after = at.Sub(now)
	}
	return min(max(after, 0), maxRetryAfter)
}

// sendError says what a refusal means for the message.
func (r *refusal) sendError() *channels.SendError {
	known, found := byCode[r.code]
	if !found {
		known = r.byStatus()
	}
	e := &channels.SendError{Reason: known.Reason, Code: r.code, Retry: known.Retry, After: max(known.After, r.after), Err: r}
	if e.Code == "" {
		e.Code = strconv.Itoa(r.status)
	}
	if found {
		e.Err = errors.New(known.Means)
	}
	return e
}

// byStatus goes by the HTTP status, when the code is new to us or there is
// none. A redirect was not followed, so nobody took the message.
func (r *refusal) byStatus() Code {
	switch {
	case r.status == http.StatusTooManyRequests:
		return Code{Reason: channels.ReasonThrottled, Retry: later}
	case r.status >= 500, r.status == http.StatusRequestTimeout:
		return Code{Reason: channels.ReasonAmbiguous, Retry: look}
	case r.status < 400:
		return Code{Reason: channels.ReasonUnavailable, Retry: later}
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden, r.status == http.StatusProxyAuthRequired:
		return Code{Reason: channels.ReasonCredentials}
	case r.code != "":
		return Explain(r.code)
	case r.status == http.StatusNotFound:
		return Code{Reason: channels.ReasonMisconfigured}
	}
	return Code{Reason: channels.ReasonRejected}
}

// failure turns whatever went wrong with a call into a *channels.SendError
// that holds neither the account's secrets nor the address with its query.
func (c *call) failure(err error) *channels.SendError {
	var no *refusal
	if errors.As(err, &no) {
		no.message = c.redact(no.message)
		return no.sendError()
	}
	e := &channels.SendError{Reason: channels.ReasonUnavailable, Retry: later}
	if c.wrote.Load() {
		e.Reason, e.Retry = channels.ReasonAmbiguous, look
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	e.Err = errors.New(c.redact(err.Error()))
	for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, cause) {
			e.Err = cause // stays recognizable
		}
	}
	return e
}

// redact takes the account's secrets out of a text that came from elsewhere.
func (c *call) redact(text string) string {
	for _, secret := range c.account.Secrets {
		if secret != "" {
			basic := base64.StdEncoding.EncodeToString([]byte(c.account.ID + ":" + secret))
			text = strings.ReplaceAll(strings.ReplaceAll(text, secret, "…"), basic, "…")
		}
	}
	return text
}
