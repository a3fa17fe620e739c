package channeltest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/stretchr/testify/require"

	"ringback/channels"
)

// provider starts a stand-in for the provider's API and returns the channel
// that calls it.
func provider(t reporter, cfg Config, answer http.HandlerFunc) channels.Channel {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	return cfg.New(base)
}

// answering is a provider that always answers the same.
func answering(a Answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for name, values := range a.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	}
}

// send has the provider take the message, and is the request it saw.
func send(t reporter, cfg Config) Sent {
	t.Helper()
	seen := make(chan Sent, 1)
	channel := provider(t, cfg, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- Sent{URL: r.URL, Header: r.Header, Body: body}
		answering(cfg.Accepted)(w, r)
	})
	receipt, err := channel.Send(context.Background(), cfg.Account, cfg.Outgoing)
	require.NoError(t, err)
	require.Equal(t, cfg.ProviderID, receipt.ProviderID)
	return <-seen
}

// failed is the error of a send that must fail.
func failed(ctx context.Context, t reporter, channel channels.Channel, cfg Config) *channels.SendError {
	t.Helper()
	receipt, err := channel.Send(ctx, cfg.Account, cfg.Outgoing)
	require.Error(t, err, "a send that failed is taken for sent")
	require.Empty(t, receipt, "a receipt for what failed")
	var sendError *channels.SendError
	require.True(t, errors.As(err, &sendError), "not a *SendError: %v", err)
	require.NotEmpty(t, sendError.Reason)
	require.NotNil(t, sendError.Err, "the error has no words")
	return sendError
}

// expect compares an error with what it must mean.
func expect(t reporter, got *channels.SendError, reason channels.Reason, retry channels.Retry) {
	t.Helper()
	require.Equal(t, reason, got.Reason, "%v", got)
	require.Equal(t, retry, got.Retry, "%v", got)
}
