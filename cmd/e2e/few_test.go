package e2e

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/channels/simulator/meta"
	"ringback/channels/simulator/twilio"
	"ringback/cmd/app"
)

// TestFewConnections: with the fewest that may be set, as many customers as there
// are sends at once all get their replies: nobody who holds a connection waits for
// another.
func TestFewConnections(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *app.Config) { c.DatabaseConnections = 10 })
	w.Clock.Stop(monday10)
	const customers = 64
	var all sync.WaitGroup
	for n := range customers {
		all.Go(func() { w.text(fmt.Sprintf("+1312556%04d", n), "My mower does not start") })
	}
	all.Wait()
	w.settle()
	w.nothingFailed()
	var arrived int
	require.NoError(t, w.DB.Get(&arrived, `select count(*) from deliveries where state = 'delivered'`))
	require.Equal(t, customers, arrived)
}

// TestDoorsWaitForNoPage: while pages and the API hold every connection that they may have,
// this is ready, and a text, a message on WhatsApp and a call are taken, and the caller hears what to do. What
// a door asks, it asks again and again: its statements are prepared.
func TestDoorsWaitForNoPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.phones("+13125550001")
	w.byWhatsApp("")
	w.Clock.Stop(monday10)
	for range w.DB.Stats().MaxOpenConnections {
		held, err := w.DB.Conn(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { _ = held.Close() })
	}
	require.Equal(t, "ready\n", w.readiness(), "whoever shares the load out goes on sending here")
	_, metrics := read(t, w.URL()+"/metrics")
	require.Contains(t, metrics, "ringback_database_up 1\n")
	require.Contains(t, metrics, `ringback_warnings{code="connections_short",severity="warning"} 1`)
	require.NotContains(t, metrics, "database_away")
	ctx, end := context.WithTimeout(t.Context(), settled)
	defer end()
	answer, err := w.sim.Text(ctx, w.door(), "+13125550188", ours, "My mower does not start")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status, answer.Body)
	_, status, err := w.graph.Say(ctx, w.graphDoor(), "+13125550188", meta.Object{"type": "text", "text": meta.Object{"body": "Anybody?"}})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	call, err := w.sim.Call(ctx, w.PublicURL()+voicePath, "+13125550199", ours, twilio.WithCallStatus(w.PublicURL()+callsPath))
	require.NoError(t, err)
	require.Empty(t, call.Faults())
	var prepared int
	for range w.DB.Doors.Stats().MaxOpenConnections {
		own, err := w.DB.Doors.Connx(ctx)
		require.NoError(t, err)
		defer own.Close()
		var here int
		require.NoError(t, own.GetContext(ctx, &here, `select count(*) from pg_prepared_statements where statement like $1`, "%from senders%"))
		prepared += here
	}
	require.NotZero(t, prepared, "whose number it is was asked on the doors' own connections")
}
