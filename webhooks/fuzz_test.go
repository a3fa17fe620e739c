package webhooks

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	twiliosim "ringback/channels/simulator/twilio"
	"ringback/channels/twilio"
)

// FuzzDoor makes any request at all: nothing panics, only our own fault is a
// 5xx, what nobody signed is never handed on, and what the provider signed and
// is taken is fit for the database.
func FuzzDoor(f *testing.F) {
	files, err := filepath.Glob("testdata/doors/*.form")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(body, "application/x-www-form-urlencoded; charset=UTF-8", "delivery=018f0000-0000-7000-8000-000000000000", "", false)
		f.Add(body, "application/json", "bodySHA256=00&a=%zz", "c2lnbmF0dXJl", true)
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType, query, signature string, broken bool) {
		handed := 0
		h := doors(Config{Receive: func(_ context.Context, events []channels.Event) error {
			handed += len(events)
			for _, e := range events {
				if !utf8.ValidString(e.ProviderID+e.Account+e.SenderAddress+e.CustomerAddress) || e.ProviderID == "" || e.Account != account {
					t.Errorf("%+v is not fit to be written down", e)
				}
			}
			if broken {
				return errors.New("the database is away")
			}
			return nil
		}})
		for _, path := range []string{twilio.MessagesPath, twilio.StatusPath} {
			uri := path + "?" + query
			play := func(signature string) (int, bool) {
				r, ok := request(uri, body)
				if !ok {
					return 0, false
				}
				r.Header.Set("Content-Type", contentType)
				r.Header.Set("X-Twilio-Signature", signature)
				handed = 0
				return answer(h, r).Code, true
			}
			status, ok := play(signature)
			if !ok {
				return
			}
			if handed > 0 || status < 400 || status >= 500 {
				t.Fatalf("a forgery: %d, %d events", status, handed)
			}
			status, _ = play(twiliosim.Sign(token, public+uri, form(body)))
			switch {
			case status == http.StatusServiceUnavailable && broken && handed > 0:
			case status == http.StatusOK && handed == 1 && !broken:
			case status >= 400 && status < 500 && handed == 0:
			default:
				t.Fatalf("signed: %d, %d events, broken: %v", status, handed, broken)
			}
		}
	})
}

// request is what the server makes of a request line; false: it refuses it
// before any door sees it.
func request(uri string, body []byte) (*http.Request, bool) {
	if strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, false
	}
	parsed, err := url.ParseRequestURI(uri)
	if err != nil {
		return nil, false
	}
	r := httptest.NewRequest(http.MethodPost, "/", io.NopCloser(strings.NewReader(string(body))))
	r.URL, r.RequestURI = parsed, uri
	return r, true
}

// form reads a body as far as it can be read.
func form(body []byte) url.Values {
	values := url.Values{}
	for pair := range strings.SplitSeq(string(body), "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		if pair != "" && errName == nil && errValue == nil {
			values.Add(name, value)
		}
	}
	return values
}
