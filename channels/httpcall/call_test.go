package httpcall

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "0": 0, "7": 7 * time.Second, "99999999": 24 * time.Hour, "99999999999999999999": 0,
		"Sun, 22 Nov 2026 12:01:30 GMT": 90 * time.Second, "Sun, 22 Nov 2026 11:00:00 GMT": 0,
	} {
		require.Equal(t, want, RetryAfter(http.Header{"Retry-After": {header}}, now), header)
	}
	for date, want := range map[string]time.Duration{
		"Sun, 22 Nov 2026 12:01:00 GMT": 30 * time.Second, "Sun, 22 Nov 2026 11:50:00 GMT": 11*time.Minute + 30*time.Second, "yesterday": 90 * time.Second,
	} {
		require.Equal(t, want, RetryAfter(http.Header{"Retry-After": {"Sun, 22 Nov 2026 12:01:30 GMT"}, "Date": {date}}, now), "by their clock: "+date)
	}
}

// TestWhetherTheRequestLeft: the transport tells by itself, on a kept
// connection that was closed meanwhile as on a new one.
func TestWhetherTheRequestLeft(t *testing.T) {
	c := &Call{Hide: []string{"t0ken", ""}}
	trace := c.trace()
	before := c.Failed(&url.Error{Op: "Post", URL: "https://gw.example/?token=t0ken", Err: errors.New("no route for t0ken")})
	require.Equal(t, channels.Later, before.Retry)
	require.NotContains(t, before.Error(), "t0ken")
	require.Contains(t, before.Error(), "no route")
	trace.WroteHeaders()
	require.Equal(t, channels.Look, c.Failed(io.ErrUnexpectedEOF).Retry)
	trace.GotConn(httptrace.GotConnInfo{})
	require.Equal(t, channels.Later, c.Failed(io.EOF).Retry, "the transport began anew")
}
