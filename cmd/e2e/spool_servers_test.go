package e2e

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/channels/clock/clocktest"
	"ringback/cmd/app"
	"ringback/cmd/app/apptest"
	"ringback/gateway/spool/jetstream/jetstreamtest"
	"ringback/migrations/testdb"
)

// TestAStartWithoutTheSpoolsServers: the doors are open, what comes goes to Postgres, and
// health says what is missing. Nothing is sent before the stream was seen, in which a
// STOP may wait, and then all goes on by itself.
func TestAStartWithoutTheSpoolsServers(t *testing.T) {
	t.Parallel()
	const customer = "+13125550142"
	servers, address := jetstreamtest.Prepare(t)
	w := opened(t, func(c *app.Config) { c.SpoolURL = address })
	w.thanked(sms("From", customer))
	require.Eventually(t, func() bool {
		var decided int
		require.NoError(t, w.DB.Get(&decided, `select count(*) from decisions`))
		return decided == 1
	}, settled, time.Millisecond)
	sent, err := w.Gateway.SendOne(t.Context())
	require.NoError(t, err)
	require.False(t, sent)
	require.Regexp(t, "^ready\nspool_away: ", w.readiness())
	_, metrics := w.get("/metrics")
	require.Contains(t, string(metrics), `ringback_warnings{code="spool_away",severity="critical"} 1`)

	servers.Run(0, 1, 2)
	require.Eventually(t, func() bool { return len(w.sim.Inbox(customer)) == 1 }, settled, 10*time.Millisecond)
	w.settle()
	require.Equal(t, "ready\n", w.readiness())
}

// TestAStartWithTheWrongServers ends as soon as they are there and are seen to be wrong.
func TestAStartWithTheWrongServers(t *testing.T) {
	t.Parallel()
	servers, address := jetstreamtest.Prepare(t)
	a, err := app.Open(app.Config{
		Listen: "127.0.0.1:0", DatabaseURL: testdb.DSN(t), DatabaseConnections: apptest.Connections, BootstrapKey: bootstrapKey, DataDir: t.TempDir(), SpoolURL: address, Clock: clocktest.Stopped(t),
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(t.Context(), func(context.Context) error { return nil }) }()
	for _, o := range servers.Options {
		o.SyncAlways = false
	}
	servers.Run(0, 1, 2)
	select {
	case err := <-ended:
		require.ErrorContains(t, err, "SPOOL_URL: the NATS server nats-")
		require.ErrorContains(t, err, "sync_interval: always")
	case <-time.After(settled):
		require.Fail(t, "it goes on")
	}
}

// TestNeitherPostgresNorTheSpool: a Postgres that can be read and takes nothing, beside a
// spool that takes nothing either, is not ready, and a balancer goes elsewhere.
func TestNeitherPostgresNorTheSpool(t *testing.T) {
	t.Parallel()
	_, address := jetstreamtest.Prepare(t)
	w, _, direct := wired(t, func(c *app.Config) { c.SpoolURL = address })
	require.Regexp(t, "^ready\n", w.readiness())
	stuck := locked(t, direct, "events")
	status, words := w.post(webhook{body: sms()})
	require.Equal(t, http.StatusServiceUnavailable, status, words)
	answer, said := w.get("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode)
	require.Regexp(t, "^not ready\nspool_away", string(said))
	require.NoError(t, stuck.Rollback())
	w.thanked(sms())
}
