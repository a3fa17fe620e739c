package main

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/migrations/testdb"
)

// Every story that can be played from a shell is, against a demo, and each
// follows its event to the decision.
func TestSimulate(t *testing.T) {
	folder := t.TempDir()
	d, err := demo.Start(t.Context(), app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DataDir: folder, LogLevel: "info", LogFormat: "text", Clock: clocktest.Running(t),
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	t.Setenv("RINGBACK_DATA_DIR", folder)
	for _, typed := range [][]string{
		{"sms", "--body", "Are you open?"},
		{"sms", "--from", "+13125550143", "--photo"},
		{"whatsapp"},
		{"chat"},
		{"chat", "--ticket", "--phone", "+13125550144"},
		{"call", "--hang-up-at", "ringing", "--from", "+13125550145"},
	} {
		parsed, err := commandLine(t.Context()).Parse(append([]string{"simulate"}, typed...))
		require.NoError(t, err, typed)
		require.NoError(t, parsed.Run(), typed)
	}
	for _, refused := range [][]string{{"chat", "--site", "nobody"}, {"chat", "--body", ""}} {
		parsed, err := commandLine(t.Context()).Parse(append([]string{"simulate"}, refused...))
		require.NoError(t, err, refused)
		require.Error(t, parsed.Run(), refused)
	}
}
