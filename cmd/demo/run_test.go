package demo_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/migrations/testdb"
)

// TestThePhoneIsNotForTheInternet: a demo that has a public address, as behind
// a tunnel, opens its phone page only by the address that it prints.
func TestThePhoneIsNotForTheInternet(t *testing.T) {
	d, err := demo.Start(t.Context(), app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: 10, DataDir: t.TempDir(), LogLevel: "info", LogFormat: "text",
		PublicURL: "https://texts.ngrok.app", Clock: clocktest.Running(t),
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	printed, err := url.Parse(d.Phone)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(d.Phone, "https://texts.ngrok.app/phone?token="), d.Phone)

	for host, path := range map[string]string{"texts.ngrok.app": "/phone", "localhost": "/phone/stream", "127.0.0.1": "/phone?token=guess"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL()+path, nil)
		require.NoError(t, err)
		request.Host = host
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusUnauthorized, answer.StatusCode, "%s %s: %s", host, path, body)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Get(d.URL() + printed.RequestURI())
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusSeeOther, answer.StatusCode)
	require.NotEmpty(t, answer.Cookies())
}
