package channeltest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels"
	"ringback/channels/simulator/loopback"
)

func sendTaken(t reporter, cfg Config) {
	sent := send(t, cfg)
	require.NotEmpty(t, sent.Body)
	channel := provider(t, cfg, answering(cfg.Accepted))
	receipt, err := channel.Send(context.Background(), cfg.Account, cfg.Outgoing)
	require.NoError(t, err)
	require.True(t, channels.Queued.Before(receipt.State), "a message that was taken is in state %q", receipt.State)
	require.False(t, receipt.State.Final(), "nobody knows yet that it arrived")
}

func refusalsUnderstood(t reporter, cfg Config) {
	require.NotEmpty(t, cfg.Refusals)
	for _, r := range cfg.Refusals {
		channel := provider(t, cfg, answering(r.Answer))
		got := failed(context.Background(), t, channel, cfg)
		require.Equal(t, r.Reason, got.Reason, "%s: %v", r.Name, got)
		require.Equal(t, r.Code, got.Code, "%s: %v", r.Name, got)
		require.Equal(t, r.Retry, got.Retry, "%s: %v", r.Name, got)
		require.GreaterOrEqual(t, got.After, r.After, "%s: %v", r.Name, got)
	}
	slow := provider(t, cfg, answering(Answer{Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: "slow down"}))
	got := failed(context.Background(), t, slow, cfg)
	expect(t, got, channels.ReasonThrottled, channels.Later)
	require.Equal(t, 7*time.Second, got.After, "Retry-After in seconds")

	date := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	dated := provider(t, cfg, answering(Answer{Status: 429, Header: http.Header{"Retry-After": {date}}}))
	require.InDelta(t, time.Hour, failed(context.Background(), t, dated, cfg).After, float64(30*time.Minute), "Retry-After as a date")
}

// lostAnswers are answers after which nobody knows whether the provider took
// the message: sending it again could send it twice.
func lostAnswers(t reporter, cfg Config) {
	answers := map[string]http.HandlerFunc{
		"a gateway's error page": answering(Answer{Status: 502, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><h1>502 Bad Gateway</h1>"}),
		"an empty 504":           answering(Answer{Status: 504}),
		"a 500 with a body that is cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(500)
			_, _ = io.WriteString(w, "{")
		},
		"a success that is no JSON": answering(Answer{Status: 200, Body: "<html>welcome to the hotel</html>"}),
		"a success that is empty":   answering(Answer{Status: 201}),
		"a success without an id":   answering(Answer{Status: 201, Body: "{}"}),
		"a success that is cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(cfg.Accepted.Body)))
			w.WriteHeader(cfg.Accepted.Status)
			_, _ = io.WriteString(w, cfg.Accepted.Body[:len(cfg.Accepted.Body)/2])
		},
		"a success without end": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(201)
			for block := make([]byte, 64<<10); r.Context().Err() == nil; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		},
		"a connection closed without an answer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		},
	}
	for name, answer := range answers {
		got := failed(context.Background(), t, provider(t, cfg, answer), cfg)
		require.Equal(t, channels.ReasonAmbiguous, got.Reason, "%s: %v", name, got)
		require.Equal(t, channels.Look, got.Retry, "%s: %v", name, got)
	}
}

// neverSent are failures before the request left: nothing was taken.
func neverSent(t reporter, cfg Config) {
	nobody, err := loopback.Addresses(1)
	require.NoError(t, err)
	refused := cfg.New(&url.URL{Scheme: "http", Host: nobody[0]})
	expect(t, failed(context.Background(), t, refused, cfg), channels.ReasonUnavailable, channels.Later)

	noTLS := httptest.NewServer(answering(cfg.Accepted))
	t.Cleanup(noTLS.Close)
	plain, err := url.Parse(noTLS.URL)
	require.NoError(t, err)
	handshake := cfg.New(&url.URL{Scheme: "https", Host: plain.Host})
	expect(t, failed(context.Background(), t, handshake, cfg), channels.ReasonUnavailable, channels.Later)
}

func contextEnds(t reporter, cfg Config) {
	taken := make(chan struct{})
	channel := provider(t, cfg, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(taken)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-taken
		cancel()
	}()
	got := failed(ctx, t, channel, cfg)
	expect(t, got, channels.ReasonAmbiguous, channels.Look)
	require.ErrorIs(t, got, context.Canceled)

	got = failed(ctx, t, provider(t, cfg, answering(cfg.Accepted)), cfg)
	expect(t, got, channels.ReasonUnavailable, channels.Later)

	past, done := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer done()
	got = failed(past, t, provider(t, cfg, answering(cfg.Accepted)), cfg)
	expect(t, got, channels.ReasonUnavailable, channels.Later)
	require.ErrorIs(t, got, context.DeadlineExceeded)
}

func noAccount(t reporter, cfg Config) {
	called := false
	channel := provider(t, cfg, func(w http.ResponseWriter, r *http.Request) {
		called = true
		answering(cfg.Accepted)(w, r)
	})
	for _, account := range []channels.Account{
		{},
		{ID: cfg.Account.ID},
		{ID: cfg.Account.ID, Secrets: []string{""}},
		{ID: "../" + cfg.Account.ID, Secrets: cfg.Account.Secrets},
	} {
		missing := cfg
		missing.Account = account
		expect(t, failed(context.Background(), t, channel, missing), channels.ReasonCredentials, channels.Never)
	}
	require.False(t, called, "the provider was called without credentials")
}

// noRedirect: a redirect would carry the message and its credentials to
// wherever it points.
func noRedirect(t reporter, cfg Config) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed to %s", r.URL)
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		channel := provider(t, cfg, answering(Answer{Status: status, Header: http.Header{"Location": {elsewhere.URL + "/there"}}, Body: cfg.Accepted.Body}))
		require.NotEqual(t, channels.Look, failed(context.Background(), t, channel, cfg).Retry, "a redirect takes nothing")
	}
}
