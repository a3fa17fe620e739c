// Package tunnel gives a Ringback on a laptop an address on the internet, so
// that providers can reach it, without another program to start.
//
// The hard decision: the tunnel is opened before anything else, and what comes
// through it is one more listener of the same server. So the public address is
// known, and never changes, for as long as the gateway runs.
package tunnel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.ngrok.com/ngrok/v2"
)

// Config says how ngrok is reached.
type Config struct {
	Token string // NGROK_AUTHTOKEN
	URL   string // the address to ask for, one that is reserved at ngrok; empty: any
	Log   *slog.Logger

	server string // in place of ngrok's own, for the tests
}

// Tunnel is a listener on the internet.
type Tunnel struct {
	net.Listener
	URL   string // by which it is reached, without a slash at the end
	agent ngrok.Agent
}

// patience is how long ngrok may take to open the tunnel.
const patience = 30 * time.Second

// Open opens a tunnel through ngrok. Its errors never hold the token.
func Open(ctx context.Context, c Config) (*Tunnel, error) {
	if c.Token == "" {
		return nil, errors.New("NGROK_AUTHTOKEN: must be set with --tunnel ngrok; it stands at https://dashboard.ngrok.com/get-started/your-authtoken")
	}
	options := []ngrok.AgentOption{
		ngrok.WithAuthtoken(c.Token), ngrok.WithLogger(slog.New(slog.DiscardHandler)), ngrok.WithEventHandler(c.tell),
	}
	if c.server != "" {
		options = append(options, ngrok.WithAgentConnectURL(c.server))
	}
	var endpoint []ngrok.EndpointOption
	if c.URL != "" {
		endpoint = append(endpoint, ngrok.WithURL(c.URL))
	}
	agent, err := ngrok.NewAgent(options...)
	if err != nil {
		return nil, c.failed(err)
	}
	opening, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	listener, err := agent.Listen(opening, endpoint...)
	if err != nil {
		return nil, c.failed(errors.Join(err, agent.Disconnect()))
	}
	return &Tunnel{Listener: listener, URL: strings.TrimRight(listener.URL().String(), "/"), agent: agent}, nil
}

// Close takes the address away again.
func (t *Tunnel) Close() error {
	_ = t.Listener.Close() // the server that listened may have done so
	return t.agent.Disconnect()
}

// failed says what went wrong, each thing once, and without the token, which
// ngrok repeats when it does not know it.
func (c Config) failed(err error) error {
	var each []string
	for _, one := range strings.Split(strings.ReplaceAll(err.Error(), c.Token, "…"), "; ") {
		one = strings.TrimPrefix(strings.Join(strings.Fields(one), " "), "failed to connect: ")
		if !slices.Contains(each, one) {
			each = append(each, one)
		}
	}
	words := strings.Join(each, "; ")
	var known ngrok.Error
	if errors.As(err, &known) {
		return fmt.Errorf("ngrok refuses the tunnel (%s): %s", known.Code(), words)
	}
	return fmt.Errorf("ngrok cannot be reached: %s", words)
}

// tell logs when the tunnel breaks; ngrok's library mends it by itself.
func (c Config) tell(event ngrok.Event) {
	switch e := event.(type) {
	case *ngrok.EventAgentConnectSucceeded:
		c.Log.Info("the tunnel is open")
	case *ngrok.EventAgentDisconnected:
		if e.Error != nil {
			c.Log.Warn("the tunnel is not open; trying again", "error", c.failed(e.Error))
		}
	}
}

// Keep writes the tunnel's address into the data folder, where `ringback
// doctor` finds it, and returns what takes it away again.
func Keep(dataDir, address string) (func() error, error) {
	if err := os.MkdirAll(dataDir, 0o755); err != nil {
		return nil, fmt.Errorf("keep the tunnel's address: %w", err)
	}
	file := filepath.Join(dataDir, kept)
	if err := os.WriteFile(file, []byte(address+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("keep the tunnel's address: %w", err)
	}
	return func() error { return os.Remove(file) }, nil
}

const kept = "tunnel-url"

// Current is the address of the tunnel that is open now; empty: none is.
func Current(dataDir string) string {
	address, err := os.ReadFile(filepath.Join(dataDir, kept))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(address))
}
