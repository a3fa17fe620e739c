package twilio

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"ringback/channels"
	"ringback/channels/httpcall"
)

// maxAnswer bounds an answer of the API, in bytes: a page of 100 messages at
// their longest stays below it. What is cut there is no JSON any more.
const maxAnswer = 2 << 20

// call is one call of the API. It stands between twilio-go and net/http
// because twilio-go's own client knows no context and no other host, and
// forgets the status and the headers of a failure. The context stands in the
// struct because twilio-go's interface has no room for it.
type call struct {
	ctx     context.Context
	channel *Channel
	account channels.Account
	httpcall.Call
}

func (c *Channel) call(ctx context.Context, account channels.Account) *call {
	o := &call{ctx: ctx, channel: c, account: account}
	for _, secret := range account.Secrets {
		o.Hide = append(o.Hide, secret, base64.StdEncoding.EncodeToString([]byte(account.ID+":"+secret)))
	}
	if key := account.Key; key.Secret != "" {
		o.Hide = append(o.Hide, key.Secret, base64.StdEncoding.EncodeToString([]byte(key.SID+":"+key.Secret)))
	}
	return o
}

// authorize shows that a request comes from the account: by the key that was made
// for it, or else by its auth token. https://www.twilio.com/docs/iam/api-keys
func authorize(request *http.Request, account channels.Account) {
	if account.Key.SID != "" {
		request.SetBasicAuth(account.Key.SID, account.Key.Secret)
		return
	}
	request.SetBasicAuth(account.ID, account.Secrets[0])
}

// service is twilio-go's API upon this call.
func (c *call) service() *api.ApiService { return api.NewApiServiceWithClient(c) }

// SendRequest does what twilio-go asks for: a form as the body of a POST and as
// the query of a GET, or JSON as the body. An answer that is no success is a *refusal.
func (c *call) SendRequest(method, address string, form url.Values, _ map[string]any, raw ...byte) (*http.Response, error) {
	target, err := c.target(address)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	kind := "application/x-www-form-urlencoded"
	switch {
	case len(raw) > 0:
		body, kind = bytes.NewReader(raw), "application/json"
	case method == http.MethodGet:
		target.RawQuery = form.Encode()
	default:
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(c.Trace(c.ctx), method, target.String(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "ringback")
	authorize(request, c.account)
	return c.do(request)
}

// do makes the request. An answer that is no success is a *refusal.
func (c *call) do(request *http.Request) (*http.Response, error) {
	answer, err := c.Do(c.channel.http, request, maxAnswer)
	if err != nil {
		return nil, err
	}
	if !answer.OK() {
		return nil, refused(answer)
	}
	return &http.Response{StatusCode: answer.Status, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(answer.Body))}, nil
}

// target puts the configured scheme, host and path in the place of those that
// twilio-go chose, which TWILIO_EDGE and TWILIO_REGION would reroute.
func (c *call) target(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	base := c.channel.base
	if host := "https://" + u.Host; base.Host == "api.twilio.com" && (host == messagingHost || host == lookupsHost || host == contentHost) {
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
