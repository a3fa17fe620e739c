package e2e

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/twilio"
)

const (
	messagesPath = "/webhooks/twilio/messages"
	statusPath   = "/webhooks/twilio/status"
)

// webhook is one request of the provider's, to be spoiled before it is made.
// What is left empty is as the provider makes it.
type webhook struct {
	server string // where it is brought
	path   string // with its query
	body   string
	token  string // signs
	signed string // the address that the signature covers
	header http.Header
	method string
	host   string
	reader io.Reader // in place of the body, which is signed all the same
}

var sids atomic.Int64

func newSID() string { return fmt.Sprintf("SM%032x", sids.Add(1)) }

// sms is the form of a customer's text, with the given parameters changed, or
// left out when the value is empty.
func sms(changes ...string) string {
	return changed(url.Values{
		"AccountSid": {accountSID}, "MessageSid": {newSID()}, "From": {"+13125550142"}, "To": {ours}, "Body": {"Hello"}, "NumMedia": {"0"},
	}, changes)
}

// status is the form of a status callback about one of our messages.
func status(sid, word string, changes ...string) string {
	return changed(url.Values{
		"AccountSid": {accountSID}, "MessageSid": {sid}, "MessageStatus": {word}, "From": {ours}, "To": {"+13125550142"},
	}, changes)
}

func changed(form url.Values, changes []string) string {
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			form.Del(changes[i])
		}
	}
	return form.Encode()
}

// loose reads a form as far as it can be read.
func loose(body string) url.Values {
	form := url.Values{}
	for pair := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || pair == "" {
			continue
		}
		if value, err = url.QueryUnescape(value); err == nil {
			form.Add(name, value)
		}
	}
	return form
}

// post makes the request and returns the status and the words of the answer.
func (w *world) post(h webhook) (int, string) {
	w.t.Helper()
	h.path = cmp.Or(h.path, messagesPath)
	h.token = cmp.Or(h.token, authToken)
	h.signed = cmp.Or(h.signed, w.PublicURL()+h.path)
	if h.reader == nil {
		h.reader = strings.NewReader(h.body)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), cmp.Or(h.method, http.MethodPost), cmp.Or(h.server, w.URL())+h.path, h.reader)
	require.NoError(w.t, err)
	r.Host = h.host
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", twilio.Sign(h.token, h.signed, loose(h.body)))
	for name, values := range h.header {
		r.Header[name] = values
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(w.t, err)
	defer func() { _ = answer.Body.Close() }()
	words, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	return answer.StatusCode, string(words)
}

// raw writes bytes to the server and reads the answer. When the bytes end too
// early, the server is told that no more will come.
func (w *world) raw(request string, early bool) int {
	w.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.URL(), "http://"))
	require.NoError(w.t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, request)
	require.NoError(w.t, err)
	if early {
		require.NoError(w.t, conn.(*net.TCPConn).CloseWrite())
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(w.t, err)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// kept is how many events and strays came by webhook, without timers and our
// own texts' callbacks.
func (w *world) kept() (events, strays int) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Get(&events, `select count(*) from events
		where payload <> '{}' and not exists (select from deliveries d where d.provider_id = payload->'Status'->>'provider_id')`))
	require.NoError(w.t, w.DB.Get(&strays, `select count(*) from strays`))
	return events, strays
}
