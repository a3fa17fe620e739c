package twilio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Answer is what the gateway said to a webhook.
type Answer struct {
	SID         string  `json:"sid,omitempty"` // of the message or call that was told about
	Status      int     `json:"status"`        // HTTP status; 0: there was no answer
	ContentType string  `json:"content_type,omitempty"`
	Body        string  `json:"body,omitempty"`
	Attempts    int     `json:"attempts"`         // how often it was tried
	Second      *Answer `json:"second,omitempty"` // to the same request again, when it was made twice
}

// Twilio's bounds on a webhook.
const (
	patience  = 15 * time.Second
	maxAnswer = 64 << 10
)

func newClient() *http.Client {
	// Its own transport, so that closing the simulator closes its connections
	// and nobody else's. The bound keeps a busy demo from opening thousands.
	return &http.Client{Transport: &http.Transport{MaxConnsPerHost: 32, MaxIdleConnsPerHost: 32}}
}

// Post signs a form with the token of the account in its AccountSid and posts
// it to a door, as often as Twilio would: the fragment of the URL may say
// (#rc=5&rp=all), and without one a failed connection alone is tried again,
// once.
func (s *Simulator) Post(ctx context.Context, target string, form url.Values) (Answer, error) {
	return s.post(ctx, target, form, uuid.NewString())
}

func (s *Simulator) post(ctx context.Context, target string, form url.Values, idempotency string) (Answer, error) {
	target, again := overrides(target)
	for attempt := 1; ; attempt++ {
		answer, err := s.postOnce(ctx, target, form, idempotency)
		answer.SID, answer.Attempts = cmp.Or(form.Get("MessageSid"), form.Get("CallSid")), attempt
		if attempt > again.count || ctx.Err() != nil || !again.wanted(answer.Status, err) {
			return answer, err
		}
	}
}

func (s *Simulator) postOnce(ctx context.Context, target string, form url.Values, idempotency string) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, fmt.Errorf("webhook to %s: %w", target, err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	request.Header.Set("X-Twilio-Signature", Sign(s.token(form.Get("AccountSid")), target, form))
	request.Header.Set("I-Twilio-Idempotency-Token", idempotency)
	return s.do(request)
}

// get asks for a file of the gateway's, once, signed as an account.
func (s *Simulator) get(ctx context.Context, target, account string) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return Answer{}, fmt.Errorf("file at %s: %w", target, err)
	}
	request.Header.Set("X-Twilio-Signature", Sign(s.token(account), target, nil))
	return s.do(request)
}

// do reads as much of an answer as shows that it is too long.
func (s *Simulator) do(request *http.Request) (Answer, error) {
	request.Header.Set("User-Agent", "TwilioProxy/1.1")
	response, err := s.client.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("webhook: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, fmt.Errorf("webhook to %s: %w", request.URL, err)
	}
	return Answer{Status: response.StatusCode, ContentType: response.Header.Get("Content-Type"), Body: string(body)}, nil
}

// retry is how often a webhook is tried again, and after which ends: ct, rt,
// 4xx, 5xx, all.
type retry struct {
	count int
	after string
}

// overrides splits Twilio's connection overrides off a webhook's URL. What is
// left is what is called, and signed.
func overrides(target string) (string, retry) {
	target, fragment, _ := strings.Cut(target, "#")
	again := retry{count: 1, after: "ct"}
	set, err := url.ParseQuery(fragment)
	if err != nil {
		return target, again
	}
	if n, err := strconv.Atoi(set.Get("rc")); err == nil {
		again.count = min(max(n, 0), 5)
	}
	if set.Has("rp") {
		again.after = set.Get("rp")
	}
	return target, again
}

// wanted reports whether a try that ended like this is to be made again.
func (r retry) wanted(status int, err error) bool {
	var dial *net.OpError
	end := ""
	switch {
	case errors.As(err, &dial) && dial.Op == "dial":
		end = "ct"
	case err != nil:
		end = "rt"
	case status >= 500:
		end = "5xx"
	case status >= 400:
		end = "4xx"
	default:
		return false
	}
	return strings.Contains(r.after, end) || strings.Contains(r.after, "all")
}
