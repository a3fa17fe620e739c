package e2e

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/app/apptest"
	"ringback/migrations/testdb"
)

// logged is what a process says of itself.
type logged struct {
	mu    sync.Mutex
	words strings.Builder
}

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.words.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.words.String()
}

// started runs a Ringback until it has begun or failed, and returns what it said
// and why it ended.
func started(t *testing.T, begun func(context.Context) error, change func(*app.Config)) (string, error) {
	t.Helper()
	config := app.Config{
		DatabaseConnections: apptest.Connections, TwilioAccount: accountSID, TwilioToken: authToken, LogLevel: "info", LogFormat: "text",
		MediaURL: "file://" + t.TempDir(), DataDir: t.TempDir(), Clock: clocktest.RunningFrom(monday),
	}
	change(&config)
	var said logged
	a, err := app.Open(config, slog.New(slog.NewTextHandler(&said, nil)))
	require.NoError(t, err)
	err = a.Run(t.Context(), begun)
	return said.String(), err
}

// TestAServerThatOthersReachHasAnAddress: one that listens to more than this machine,
// and does not know by which address, says so at its start.
func TestAServerThatOthersReachHasAnAddress(t *testing.T) {
	t.Parallel()
	dsn, enough := testdb.DSN(t), errors.New("it has begun")
	for _, c := range []struct {
		listen, public string
		warns          bool
	}{{":0", "", true}, {"127.0.0.1:0", "", false}, {":0", "https://texts.example.com", false}} {
		said, err := started(t, func(context.Context) error { return enough }, func(config *app.Config) {
			config.Listen, config.PublicURL, config.DatabaseURL = c.listen, c.public, dsn
		})
		require.ErrorIs(t, err, enough)
		require.Equal(t, c.warns, strings.Contains(said, "PUBLIC_URL is not set"), "%+v", c)
	}
}

// TestAnEmbeddedPostgresThatStaysDead: a server of our own that died too often to be
// started once more ends the process, and the process says why.
func TestAnEmbeddedPostgresThatStaysDead(t *testing.T) {
	t.Parallel()
	var cluster string
	said, err := started(t, func(context.Context) error {
		raw, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
		if err != nil {
			return err
		}
		line, _, _ := strings.Cut(string(raw), "\n")
		pid, err := strconv.Atoi(line)
		return errors.Join(err, os.Remove(filepath.Join(cluster, "global/pg_control")), syscall.Kill(pid, syscall.SIGKILL))
	}, func(config *app.Config) {
		config.Listen, config.Throwaway = "127.0.0.1:0", true
		cluster = filepath.Join(config.DataDir, "postgres/cluster")
	})
	require.ErrorContains(t, err, "the embedded Postgres died 8 times and does not start any more")
	require.ErrorContains(t, err, "pg_control", "what Postgres said itself")
	require.Contains(t, said, "the embedded Postgres has stopped for good")
}
