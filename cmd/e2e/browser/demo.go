package browser

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/migrations/testdb"
)

// Spare is a number that the company has at its provider, and no team yet.
const Spare = "+13125550102"

// Demo starts Green Valley Equipment as `ringback demo` plays it, on a free
// port of this machine and a database of the test's own, until the test ends.
// Its clock may be moved, a call goes by
// quickly, and where it waits for a person it waits. Demo.URL() is its address, Demo.Access.Key the API
// key with all scopes, Demo.Phone the phone page's address.
func Demo(t *testing.T, changes ...func(*app.Config)) *demo.Demo {
	t.Helper()
	c := app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: 12, DataDir: t.TempDir(), LogLevel: "info", LogFormat: "text",
		BootstrapKey: "a bootstrap key for tests", Clock: clocktest.Running(t),
	}
	for _, change := range changes {
		change(&c)
	}
	d, err := demo.Start(t.Context(), c, slog.New(slog.NewTextHandler(log{t}, nil)), func(c *twilio.Config) {
		c.CallSecond, c.Patient = 50*time.Millisecond, true
		c.Numbers = append(slices.Clone(c.Numbers), Spare)
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return d
}

// log writes the gateway's log beside the test's own.
type log struct{ t *testing.T }

func (l log) Write(line []byte) (int, error) {
	l.t.Logf("%s", line[:max(0, len(line)-1)])
	return len(line), nil
}
