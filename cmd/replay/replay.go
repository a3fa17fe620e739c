// Package replay brings what providers sent once to a gateway again, signed anew:
// to see that a new version, or another install, takes what an old one took.
//
// The hard decision: the gateway is not told that it is a replay, so it does what it
// always does, and answers customers. That is why another machine's is only brought
// anything by who says that they want it.
package replay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"ringback/channels/twilio"
	"ringback/channels/whatsapp"
)

// Config is where to, and signed with what.
type Config struct {
	To      string // the gateway, without a slash at the end
	Public  string // its PUBLIC_URL, which signatures cover; empty: To
	Account string // Twilio's account in place of the recorded one; empty: as recorded
	Token   string // its auth token
	Secret  string // Meta's app secret
	Twice   bool   // each at once again, as providers do that had no answer
	Door    string // the path in place of what the file's content says; empty: that
}

// Answer is what came of one request.
type Answer struct {
	File   string `json:"file"`
	Path   string `json:"path"`             // of the door, without its query
	Status int    `json:"status"`           // of the answer; 0: there was none
	Second int    `json:"second,omitempty"` // of the answer to the same again
	Expect int    `json:"expect,omitempty"` // what is right; left out: any of 2xx
	Right  bool   `json:"right"`
	Error  string `json:"error,omitempty"` // why there was no answer
}

// OnThisMachine reports whether an address leads nowhere else.
func OnThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

var accountOf = regexp.MustCompile(`\bAccountSid=[^&]*`)

// Play brings one request to the gateway. The error is that of a context that ended.
func (c Config) Play(ctx context.Context, r Recorded) (Answer, error) {
	if c.Door != "" {
		r.Path = c.Door
	}
	if c.Account != "" && !r.Meta {
		r.Body = accountOf.ReplaceAll(r.Body, []byte("AccountSid="+c.Account))
		r.Path = accountOf.ReplaceAllString(r.Path, "AccountSid="+c.Account)
	}
	path, _, _ := strings.Cut(r.Path, "?")
	a := Answer{File: r.File, Path: path, Expect: r.Expect}
	var err error
	a.Status, err = c.post(ctx, r)
	if err == nil && c.Twice {
		a.Second, err = c.post(ctx, r)
	}
	if err != nil {
		a.Error = err.Error()
	}
	a.Right = err == nil && right(a.Status, r.Expect) && (!c.Twice || right(a.Second, r.Expect))
	return a, ctx.Err()
}

func right(status, expect int) bool {
	return status == expect || expect == 0 && status >= 200 && status < 300
}

// client follows no redirect: a provider's webhook would not either.
var client = &http.Client{
	Timeout:       20 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (c Config) post(ctx context.Context, r Recorded) (int, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, c.To+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return 0, err
	}
	public := c.To
	if c.Public != "" {
		public = c.Public
	}
	if r.Meta {
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("X-Hub-Signature-256", whatsapp.Sign(c.Secret, r.Body))
	} else {
		form, _ := url.ParseQuery(string(r.Body)) // what cannot be read is not signed either
		request.Header.Set("X-Twilio-Signature", twilio.Sign(c.Token, public+r.Path, form))
		if r.Method == http.MethodPost {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		}
	}
	answer, err := client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("the gateway at %s did not answer: %w", c.To, err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, err
}
