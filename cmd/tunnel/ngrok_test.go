//go:build ngrok

package tunnel

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.ngrok.com/ngrok/v2"
)

const token = "2abcDEF_secret"

func TestNoTunnelWithoutAToken(t *testing.T) {
	_, err := Open(t.Context(), Config{Log: slog.New(slog.DiscardHandler)})
	require.ErrorContains(t, err, "NGROK_AUTHTOKEN: must be set")
	require.ErrorContains(t, err, "https://dashboard.ngrok.com/get-started/your-authtoken")
}

// TestNgrokAway: a place that hangs up on everybody is no ngrok.
func TestNgrokAway(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // it tries until then
	defer cancel()
	_, err = Open(ctx, Config{Token: token, Server: listener.Addr().String(), Log: slog.New(slog.DiscardHandler)})
	require.ErrorContains(t, err, "ngrok cannot be reached")
	require.NotContains(t, err.Error(), token)
}

type refusal struct{ words string }

func (r refusal) Error() string { return r.words }
func (r refusal) Code() string  { return "ERR_NGROK_107" }

func TestRefusalsHoldNoToken(t *testing.T) {
	err := Config{Token: token}.failed(refusal{"The authtoken is properly formed,\nbut it is invalid.\nYour authtoken: " + token})
	require.EqualError(t, err, "ngrok refuses the tunnel (ERR_NGROK_107): The authtoken is properly formed, but it is invalid. Your authtoken: …")
	require.EqualError(t, Config{Token: token}.failed(errors.New("failed to connect: no route; no route; too late")), "ngrok cannot be reached: no route; too late")
	require.EqualError(t, Config{Token: token}.failed(errors.New("dial "+token)), "ngrok cannot be reached: dial …")
}

// A tunnel that breaks is told in the log, again without the token.
func TestABreakIsTold(t *testing.T) {
	var told bytes.Buffer
	c := Config{Token: token, Log: slog.New(slog.NewTextHandler(&told, nil))}
	c.tell(&ngrok.EventAgentDisconnected{}) // asked to
	require.Empty(t, told.String())
	c.tell(&ngrok.EventAgentDisconnected{Error: errors.New("hung up on " + token)})
	require.Contains(t, told.String(), "level=WARN msg=\"the tunnel is not open; trying again\" error=\"ngrok cannot be reached: hung up on …\"")
	c.tell(&ngrok.EventAgentConnectSucceeded{})
	require.Contains(t, told.String(), "the tunnel is open")
	require.NotContains(t, told.String(), token)
}
