// Package client asks a running gateway by its API, as a caller with a key of
// theirs: the gateway says what they may do, and nothing here knows better.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Gateway is a running one and the key to it.
type Gateway struct {
	URL string // where it answers, without a slash at the end
	Key string // an API key
}

// Refused is an answer that is no success.
type Refused struct {
	Status int
	Detail string // in the gateway's words
	Body   string // as it came, on one line
}

func (r *Refused) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Body) }

// most is how much of an answer is read.
const most = 8 << 20

// Get reads what stands at a path of the API, such as /teams, into a value; what
// is asked for follows in the query. Nil: it is read and let go.
func (g Gateway) Get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return g.Send(ctx, http.MethodGet, path, nil, into)
}

// Send makes a request with a body in JSON; nil: with none.
func (g Gateway) Send(ctx context.Context, method, path string, body, into any) error {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, g.URL+"/api/v1"+path, sent)
	if err != nil {
		return err
	}
	if sent != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", "Bearer "+g.Key)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the gateway at %s did not answer: %w", g.URL, err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, most))
	if err != nil {
		return fmt.Errorf("the gateway at %s broke off: %w", g.URL, err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		r := &Refused{Status: response.StatusCode, Body: strings.Join(strings.Fields(string(raw)), " ")}
		var problem struct{ Detail string }
		if json.Unmarshal(raw, &problem) == nil {
			r.Detail = problem.Detail
		}
		return fmt.Errorf("%s %s: %w", method, path, r)
	}
	if into == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// Readiness is what a gateway says of itself: codes, and with the bootstrap key words.
type Readiness struct {
	Ready bool   `json:"ready"`
	Said  string `json:"said"` // its warnings, or why it is not
}

// Ready asks the gateway whether it can take what providers bring.
func (g Gateway) Ready(ctx context.Context) (Readiness, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, g.URL+"/readyz", nil)
	if err != nil {
		return Readiness{}, err
	}
	if g.Key != "" {
		request.Header.Set("Authorization", "Bearer "+g.Key)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Readiness{}, fmt.Errorf("the gateway at %s did not answer: %w", g.URL, err)
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	return Readiness{response.StatusCode == http.StatusOK, strings.TrimSpace(string(said))}, err
}
