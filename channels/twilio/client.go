package twilio

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
)

// maxAnswer bounds an answer of the API, in bytes: a page of 100 messages at
// their longest stays below it. What is cut there is no JSON any more.
const maxAnswer = 2 << 20

// newHTTPClient keeps connections open between calls, since a company's sends
// all go to one host, and follows no redirect: a POST that is sent elsewhere
// would carry the account's token there.
func newHTTPClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call is one call of the API. It stands between twilio-go and net/http
// because twilio-go's own client knows no context and no other host, and
// forgets the status and the headers of a failure. The context stands in the
// struct because twilio-go's interface has no room for it.
type call struct {
	ctx     context.Context
	channel *Channel
	account channels.Account
	wrote   atomic.Bool // the request's headers have left
}

// service is twilio-go's API upon this call.
func (c *call) service() *api.ApiService { return api.NewApiServiceWithClient(c) }

// SendRequest does what twilio-go asks for: a form as the body of a POST and as
// the query of a GET. An answer that is no success is a *refusal.
func (c *call) SendRequest(method, address string, form url.Values, _ map[string]any, _ ...byte) (*http.Response, error) {
	target, err := c.target(address)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if method == http.MethodGet {
		target.RawQuery = form.Encode()
	} else {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(httptrace.WithClientTrace(c.ctx, c.trace()), method, target.String(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "ringback")
	request.SetBasicAuth(c.account.ID, c.account.Secrets[0])
	return c.do(request)
}

// do reads the whole answer before it lets go of it, so that an answer that
// breaks off is known here, and the connection is free for the next call.
func (c *call) do(request *http.Request) (*http.Response, error) {
	answer, err := c.channel.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return nil, refused(answer, body)
	}
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// trace notes whether the request has left. The transport tries again on
// another connection only when nothing was written on the last, so that each
// connection begins anew. The body follows the headers, hence a request whose
// headers have not been written was not taken by anybody.
func (c *call) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { c.wrote.Store(false) },
		WroteHeaders: func() { c.wrote.Store(true) },
	}
}

// target puts the configured scheme, host and path in the place of those that
// twilio-go chose, which TWILIO_EDGE and TWILIO_REGION would reroute.
func (c *call) target(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	base := c.channel.base
	if base.Host == "api.twilio.com" && "https://"+u.Host == messagingHost {
		return u, nil // one of Twilio's hosts for another
	}
	u.Scheme, u.Host = base.Scheme, base.Host
	u.Path = strings.TrimSuffix(base.Path, "/") + u.Path
	return u, nil
}

// The rest of what twilio-go wants of a client has no use here.

// AccountSid is the account whose paths are called.
func (c *call) AccountSid() string { return c.account.ID }

// SetTimeout is not asked: the context bounds the call.
func (c *call) SetTimeout(time.Duration) {}

// SetOauth is not asked: accounts send with their token.
func (c *call) SetOauth(client.OAuth) {}

// OAuth is none.
func (c *call) OAuth() client.OAuth { return nil }
