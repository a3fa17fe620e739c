package e2e

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/app/apptest"
	"ringback/migrations/testdb"
)

// TestPostgresGoesAtTheLastStepOfAStart: everything works, and what is to be told then
// asks a Postgres that has just gone. The process goes on, as it would a moment later,
// and tells it when Postgres is back; any other fault ends it.
func TestPostgresGoesAtTheLastStepOfAStart(t *testing.T) {
	t.Parallel()
	fault := errors.New("a fault of another kind")
	a, err := app.Open(app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: apptest.Connections, TwilioAccount: accountSID, TwilioToken: authToken,
		LogLevel: "info", LogFormat: "text", MediaURL: "file://" + t.TempDir(), DataDir: t.TempDir(),
		Clock: clocktest.RunningFrom(monday),
	}, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	require.NoError(t, err)
	asked := 0
	err = a.Run(t.Context(), func(context.Context) error {
		if asked++; asked == 1 {
			return io.EOF // which is how a connection ends
		}
		return fault
	})
	require.ErrorIs(t, err, fault)
	require.Equal(t, 2, asked)
}
