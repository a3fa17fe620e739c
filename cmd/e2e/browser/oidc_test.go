package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/channels/simulator/loopback"
	"ringback/cmd/app"
	"ringback/migrations/testdb"
)

// issuer is the address of an identity provider in Node, for a Ringback at that one.
// Sessions has it name sessions when somebody signs out, and not the person alone.
func issuer(t *testing.T, ringback string, sessions bool) string {
	t.Helper()
	found, err := find()
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	noticed(t)
	node := exec.Command(found.node, "oidc_provider.mjs")
	node.Env, node.Stderr = append(found.env(), "RINGBACK_URL="+ringback), log{t}
	if sessions {
		node.Env = append(node.Env, "SESSIONS=yes")
	}
	input, err := node.StdinPipe()
	require.NoError(t, err)
	said, err := node.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, node.Start())
	t.Cleanup(func() {
		_ = input.Close()
		_ = node.Wait()
	})
	lines := bufio.NewReader(said)
	line, err := lines.ReadString('\n')
	require.NoError(t, err, "the provider did not start")
	go func() { _, _ = io.Copy(log{t}, lines) }()
	return strings.TrimSpace(line)
}

// Somebody comes by a second identity provider, independent of the one that other
// tests stand on.
func TestSignInByAnIndependentProvider(t *testing.T) {
	t.Parallel()
	Run(t, "oidc.mjs", behind(t, false))
}

// Somebody signs out at that provider, which tells us by itself. It gives no refresh
// token, so that we cannot ask and would believe it for a quarter of an hour: nothing
// but its word can have ended a session.
func TestSignOutAtAnIndependentProvider(t *testing.T) {
	t.Parallel()
	for name, sessions := range map[string]bool{"it names the session": true, "it names the person": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := behind(t, sessions)
			if sessions {
				env["SESSIONS"] = "yes"
			}
			Run(t, "oidc_sign_out.mjs", env)
		})
	}
}

// behind is a Ringback whose people come by a provider in Node: what a story has to
// know of the two.
func behind(t *testing.T, sessions bool) map[string]string {
	t.Helper()
	addresses, err := loopback.Addresses(1)
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(addresses[0])
	require.NoError(t, err)
	at := issuer(t, "http://localhost:"+port, sessions)
	a, err := app.New(t.Context(), app.Config{
		Listen: addresses[0], DatabaseURL: testdb.DSN(t), DatabaseConnections: 10, DataDir: t.TempDir(), LogLevel: "info", LogFormat: "text", Clock: clocktest.Running(t),
		SecretKey:  base64.StdEncoding.EncodeToString(make([]byte, 32)),
		OIDCIssuer: at, OIDCClient: "ringback", OIDCSecret: "a secret of the client", OIDCRoles: "groups: crew=advisor",
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
	return map[string]string{"LINK": link.URL, "URL": a.PublicURL(), "ISSUER": at}
}
