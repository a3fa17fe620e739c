//go:build ngrok

package tunnel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.ngrok.com/ngrok/v2"
)

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
	if c.Server != "" {
		options = append(options, ngrok.WithAgentConnectURL(c.Server))
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
	return &Tunnel{Listener: listener, URL: strings.TrimRight(listener.URL().String(), "/"), end: agent.Disconnect}, nil
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
