package e2e

import (
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/cmd/app"
)

// TestTunnel: what comes in by a tunnel is signed for the tunnel's address, and
// answered by the same gateway.
func TestTunnel(t *testing.T) {
	t.Parallel()
	tunnel, err := net.Listen("tcp", "127.0.0.1:0") // as ngrok's listener hands connections over
	require.NoError(t, err)
	w := opened(t, func(c *app.Config) { c.Tunnel, c.PublicURL = tunnel, "https://texts.ngrok.app" })
	require.Equal(t, "https://texts.ngrok.app", w.PublicURL())
	through := "http://" + tunnel.Addr().String()
	body := sms()
	for range 2 {
		status, words := w.post(webhook{server: through, host: "texts.ngrok.app", body: body})
		require.Equal(t, http.StatusOK, status, words)
	}
	status, _ := w.post(webhook{server: through, host: "texts.ngrok.app", body: body, signed: through + messagesPath})
	require.Equal(t, http.StatusForbidden, status, "signed for another address")
	w.drain(t.Context())
	w.count(decisionsOf, "+13125550142", 1)
}
