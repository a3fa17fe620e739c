package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ringback/channels/simulator/twilio"
)

// patience is how long a provider waits for an answer.
const patience = 15 * time.Second

// The waits between one try and the next.
const (
	soon  = 200 * time.Millisecond
	later = 2 * time.Second
)

// tell posts a form, signed, until it is acknowledged.
func (l *Load) tell(ctx context.Context, c *customer, t Told, path string, form url.Values) bool {
	return l.until(ctx, c, t, func(ctx context.Context) (int, string, string, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.Entry+path, strings.NewReader(form.Encode()))
		if err != nil {
			return 0, "", "", err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Twilio-Signature", twilio.Sign(l.Token, l.Entry+path, form))
		return l.do(r)
	})
}

// until tries again whatever was not answered with 2xx, and gives up what was refused.
func (l *Load) until(ctx context.Context, c *customer, t Told, try func(context.Context) (status int, words, by string, err error)) bool {
	l.under.Add(1)
	defer l.under.Add(-1)
	t.Customer, t.Team, t.First = c.number, c.team, time.Now()
	for wait := soon; ctx.Err() == nil; wait = min(2*wait, later) {
		t.Tries++
		trying, cancel := context.WithTimeout(ctx, patience)
		status, words, by, err := try(trying)
		cancel()
		switch {
		case err == nil && status < 300:
			t.At, t.By = time.Now(), by
			l.acknowledged(t)
			return true
		case err == nil && status < 500 && status != http.StatusTooManyRequests:
			if t.Kind != Reply {
				l.fault("%s %s: %d %s", t.Kind, t.SID, status, words)
			}
			t.At, t.By, t.Refused = time.Now(), by, true
			l.acknowledged(t)
			return false
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
	return false
}

func (l *Load) do(r *http.Request) (status int, words, by string, err error) {
	answer, err := l.client.Do(r)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	return answer.StatusCode, string(said), answer.Header.Get("X-Served-By"), err
}

// call uses the API.
func (l *Load) call(ctx context.Context, method, path string, body, into any, headers ...string) (status int, words, by string, err error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return 0, "", "", err
	}
	r, err := http.NewRequestWithContext(ctx, method, l.Entry+"/api/v1"+path, bytes.NewReader(sent))
	if err != nil {
		return 0, "", "", err
	}
	r.Header.Set("Authorization", "Bearer "+l.Key)
	r.Header.Set("Content-Type", "application/json")
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	status, words, by, err = l.do(r)
	if err == nil && status < 300 && into != nil {
		err = json.Unmarshal([]byte(words), into)
	}
	if err == nil && status >= 300 {
		words = fmt.Sprintf("%s %s: %s", method, path, words)
	}
	return status, words, by, err
}
