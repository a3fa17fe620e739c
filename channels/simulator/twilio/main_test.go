package twilio_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account  = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"
	token    = "0123456789abcdef0123456789abcdef"
	ours     = "+15005550006"
	customer = "+14155550123"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// start runs a simulator whose clock stands at noon and returns its URL.
func start(t *testing.T, config twilio.Config) (*twilio.Simulator, string) {
	t.Helper()
	config.AccountSID, config.AuthToken = account, token
	if config.Clock == nil {
		config.Clock = clocktest.StoppedAt(noon)
	}
	s := twilio.New(config)
	t.Cleanup(s.Close)
	base, err := s.Listen("127.0.0.1:0")
	require.NoError(t, err)
	return s, base
}

// call asks the simulator for something and returns the status, the headers
// and the body. A connection without an answer is status 0.
func call(t *testing.T, method, target string, form url.Values) (int, http.Header, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.SetBasicAuth(account, token)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(body)
}

// create posts a message from our number, with the fields given besides.
func create(t *testing.T, base, to, body string, more ...string) (int, http.Header, string) {
	t.Helper()
	form := url.Values{"From": {ours}, "To": {to}, "Body": {body}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return call(t, http.MethodPost, base+"/2010-04-01/Accounts/"+account+"/Messages.json", form)
}

// door is a gateway's webhook that remembers what came.
type door struct {
	URL    string
	mu     sync.Mutex
	forms  []url.Values
	heads  []http.Header
	answer func(n int) int // the status for the nth request, from 1
}

func openDoor(t *testing.T) *door {
	t.Helper()
	d := &door{answer: func(int) int { return http.StatusOK }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		d.mu.Lock()
		d.forms, d.heads = append(d.forms, r.PostForm), append(d.heads, r.Header)
		n := len(d.forms)
		d.mu.Unlock()
		w.WriteHeader(d.answer(n))
		_, _ = io.WriteString(w, "<Response/>")
	}))
	t.Cleanup(server.Close)
	d.URL = server.URL
	return d
}

// said are the values of a field over all requests, in order.
func (d *door) said(field string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var values []string
	for _, form := range d.forms {
		values = append(values, form.Get(field))
	}
	return values
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}
