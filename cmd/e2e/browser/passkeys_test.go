package browser

import (
	"context"
	"encoding/base64"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/migrations/testdb"
)

// Somebody signs in by a passkey, as a browser and an authenticator do it.
func TestPasskeys(t *testing.T) {
	t.Parallel()
	a, err := app.New(t.Context(), app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: 10, DataDir: t.TempDir(), LogLevel: "info", LogFormat: "text", Clock: clocktest.Running(t),
		SecretKey: base64.StdEncoding.EncodeToString(make([]byte, 32)),
	}, slog.New(slog.NewTextHandler(log{t}, nil)))
	require.NoError(t, err)
	link, err := a.Gate.Welcome(t.Context(), a.Company.ID)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	Run(t, "passkeys.mjs", map[string]string{"LINK": link.URL, "URL": a.PublicURL()})
}
