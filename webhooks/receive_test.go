package webhooks

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/clock/clocktest"
	"ringback/channels/twilio"
	"ringback/gateway/spool"
)

const (
	account = "AC00000000000000000000000000000001"
	token   = "an auth token for tests"
	public  = "https://texts.example.com"
)

// monday is a working day; what comes in is dated then.
var monday = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// doors are Twilio's, with whatever stands behind them.
func doors(c Config) http.Handler {
	c.Channels = []channels.Channel{twilio.New(twilio.Config{})}
	c.PublicURL = func() string { return public }
	c.Clock, c.Log = clocktest.StoppedAt(monday), slog.New(slog.DiscardHandler)
	if c.Secrets == nil {
		c.Secrets = func(_ context.Context, _ channels.Kind, id string) ([]string, error) {
			if id == account || id == "" {
				return []string{token}, nil
			}
			return nil, nil
		}
	}
	router := NewRouter(c.Log)
	Mount(router, c)
	return router
}

func text() *http.Request {
	form := url.Values{"AccountSid": {account}, "MessageSid": {"SM1"}, "From": {"+13125550142"}, "To": {"+13125550100"}, "Body": {"hello"}}
	r := httptest.NewRequest(http.MethodPost, twilio.MessagesPath, strings.NewReader(form.Encode()))
	r.Header.Set("X-Twilio-Signature", twilio.Sign(token, public+twilio.MessagesPath, form))
	return r
}

func answer(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// TestOurFault: what is our fault is answered so that the provider tries again,
// whatever the error looks like: a database that hangs up is an end of file too.
func TestOurFault(t *testing.T) {
	for _, fault := range []error{errors.New("no"), io.EOF, io.ErrUnexpectedEOF, context.Canceled, net.ErrClosed, fmt.Errorf("read: %w", io.ErrUnexpectedEOF)} {
		recording := doors(Config{Receive: func(context.Context, []channels.Event) error { return fault }})
		require.Equal(t, http.StatusServiceUnavailable, answer(recording, text()).Code, "recording: %v", fault)
		asking := doors(Config{Secrets: func(context.Context, channels.Kind, string) ([]string, error) { return nil, fault }})
		require.Equal(t, http.StatusServiceUnavailable, answer(asking, text()).Code, "asking for the secrets: %v", fault)
	}
}

// TestWhyNothingIsKept: a door says what whoever runs this can mend.
func TestWhyNothingIsKept(t *testing.T) {
	for _, why := range []error{spool.ErrFull, spool.ErrDiskFull, spool.ErrAway} {
		recording := doors(Config{Receive: func(context.Context, []channels.Event) error { return fmt.Errorf("spool: %w: its own words", why) }})
		said := answer(recording, text())
		require.Equal(t, http.StatusServiceUnavailable, said.Code)
		require.Equal(t, "the event could not be recorded, because "+why.Error()+"; please try again\n", said.Body.String())
	}
}

// TestBounded: when the database never answers the door does, before the
// provider gives up.
func TestBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		h := doors(Config{Receive: func(ctx context.Context, _ []channels.Event) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		require.Equal(t, http.StatusServiceUnavailable, answer(h, text()).Code)
		require.Equal(t, patience, time.Since(began), "on the test's own clock")
	})
}

// TestASlowBody: a client that stalls is not waited for longer than that.
func TestASlowBody(t *testing.T) {
	server := httptest.NewServer(doors(Config{Patience: 20 * time.Millisecond}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, "POST "+twilio.MessagesPath+" HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1000\r\n\r\nFrom=")
	require.NoError(t, err)
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer func() { _ = got.Body.Close() }()
	require.Equal(t, http.StatusRequestTimeout, got.StatusCode)
}

// TestNothingToTell: an event is handed on once it is verified, and only then.
func TestNothingToTell(t *testing.T) {
	var told []channels.Event
	h := doors(Config{Receive: func(_ context.Context, events []channels.Event) error {
		told = append(told, events...)
		return nil
	}})
	forged := text()
	forged.Header.Set("X-Twilio-Signature", twilio.Sign("another token", public+twilio.MessagesPath, url.Values{}))
	require.Equal(t, http.StatusForbidden, answer(h, forged).Code)
	require.Empty(t, told)
	good := answer(h, text())
	require.Equal(t, http.StatusOK, good.Code)
	require.Equal(t, "text/xml", good.Header().Get("Content-Type"))
	require.Len(t, told, 1)
	require.Equal(t, "hello", told[0].Message.Text)
}

func TestTarget(t *testing.T) {
	for uri, want := range map[string]string{
		"/a?b=http://c/d":     "/a?b=http://c/d",
		"//a/b":               "//a/b",
		"http://host/a?b=%zz": "/a?b=%zz",
		"http://host?a=1":     "?a=1",
		"http://host":         "/",
		"*":                   "/",
		"":                    "/",
	} {
		require.Equal(t, want, target(uri), uri)
	}
}
