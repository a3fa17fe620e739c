package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ringback/channels"
	"ringback/channels/fit"
	"ringback/channels/httpcall"
)

// maxAnswer bounds an answer of the API, in bytes: a page of a hundred
// templates at their longest stays below it.
const maxAnswer = 2 << 20

// call makes one call of the Graph API below the version's path and reads the
// answer's JSON. The error is a *channels.SendError without any secret.
func (c *Channel) call(ctx context.Context, account channels.Account, method, path string, query url.Values, body, into any) error {
	if len(account.Secrets) == 0 || account.Secrets[0] == "" {
		return &channels.SendError{Reason: channels.ReasonCredentials, Err: errors.New("there is no access token to call with")}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	made := &httpcall.Call{Hide: account.Secrets}
	request, err := c.request(made.Trace(ctx), account, method, path, query, body)
	if err != nil {
		return made.Failed(err)
	}
	answer, err := made.Do(c.http, request, maxAnswer)
	if err != nil {
		return made.Failed(err)
	}
	if !answer.OK() {
		return refused(made, answer)
	}
	if err := json.Unmarshal(answer.Body, into); err != nil {
		return made.Failed(errors.New("the answer is not the JSON that was expected"))
	}
	return nil
}

func (c *Channel) request(ctx context.Context, account channels.Account, method, path string, query url.Values, body any) (*http.Request, error) {
	target := *c.BaseURL
	target.User = nil
	target.Path = strings.TrimSuffix(target.Path, "/") + "/" + c.Version + "/" + path
	target.RawQuery = query.Encode()
	var content io.Reader
	if body != nil {
		raw, err := encode(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "ringback")
	request.Header.Set("Authorization", "Bearer "+account.Secrets[0])
	return request, nil
}

// encode writes JSON as people write it: an ampersand in a link stays one.
func encode(body any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// By this code and subcode Meta says that what an address names is not there, or that the
// token may not see it. The code alone is that of a parameter.
const unseen, ofUnseen = "100", "33"

// refused says what an answer that is no success means for the message.
func refused(made *httpcall.Call, answer httpcall.Answer) *channels.SendError {
	var said struct {
		Error failure `json:"error"`
	}
	_ = lenient(answer.Body, &said) // a proxy's page has no code
	code := fit.Line(string(said.Error.Code), 16)
	means := explainAnswer(answer.Status, code)
	if code == unseen && said.Error.Subcode == ofUnseen {
		means.Means, means.Reason = "the number is not known to Meta, or the token may not see it", channels.ReasonCredentials
	}
	e := &channels.SendError{Reason: means.Reason, Code: code, Retry: means.Retry, After: max(means.After, answer.After)}
	switch {
	case means.Means != "" && code != "":
		e.Err = errors.New(means.Means)
	case code != "":
		e.Err = errors.New(made.Redact(fit.Line(said.Error.words(), 300)))
	default:
		e.Code, e.Err = strconv.Itoa(answer.Status), fmt.Errorf("HTTP status %d", answer.Status)
	}
	return e
}
