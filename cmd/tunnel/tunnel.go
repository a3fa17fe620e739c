// Package tunnel gives a Ringback on a laptop an address on the internet, so
// that providers can reach it, without another program to start.
//
// The hard decision: the tunnel is opened before anything else, and what comes
// through it is one more listener of the same server. So the public address is
// known, and never changes, for as long as the gateway runs.
//
// ngrok's library weighs 16 MB, more than most of what Ringback is made of, and a
// service behind its own address never calls it. So only a build with the tag ngrok
// holds it (`make tunnel`), and any other says how to come by one.
package tunnel

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// Config says how ngrok is reached.
type Config struct {
	Token  string // NGROK_AUTHTOKEN
	URL    string // the address to ask for, one that is reserved at ngrok; empty: any
	Log    *slog.Logger
	Server string // in place of ngrok's own, for the tests
}

// Tunnel is a listener on the internet.
type Tunnel struct {
	net.Listener
	URL string       // by which it is reached, without a slash at the end
	end func() error // takes the address away again
}

// Close takes the address away again.
func (t *Tunnel) Close() error {
	_ = t.Listener.Close() // the server that listened may have done so
	return t.end()
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
