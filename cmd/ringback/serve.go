package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"ringback/cmd/app"
	"ringback/cmd/tunnel"
)

type serve struct {
	Tunnel string `help:"Open a tunnel for the internet to come in by: ngrok, with NGROK_AUTHTOKEN, in a build with the tag ngrok. PUBLIC_URL follows it, or names the reserved address to ask for." enum:"ngrok," default:""`
}

// Run is the gateway, until a signal stops it.
func (s serve) Run(ctx context.Context, out io.Writer) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	log := c.Logger()
	slog.SetDefault(log) // for what has no log of its own to write to
	if s.Tunnel == "" {
		return run(ctx, c, log, out)
	}
	t, err := tunnel.Open(ctx, tunnel.Config{Token: c.NgrokToken, URL: c.PublicURL, Log: log})
	if err != nil {
		return err
	}
	c.PublicURL, c.Tunnel = t.URL, t
	forget, err := tunnel.Keep(c.DataDir, t.URL)
	if err != nil {
		return errors.Join(err, t.Close())
	}
	log.Info("the internet comes in by the tunnel; to tell Twilio of it: ringback doctor --fix", "public", t.URL)
	return errors.Join(run(ctx, c, log, out), t.Close(), forget())
}

// run is the gateway as configured, until the context ends.
func run(ctx context.Context, c app.Config, log *slog.Logger, out io.Writer) error {
	a, err := app.Open(c, log)
	if err != nil {
		return err
	}
	log.Info("listening", "address", a.URL(), "public", a.PublicURL(),
		"messages", a.PublicURL()+"/webhooks/twilio/messages", "api", a.PublicURL()+"/api/v1/openapi.json")
	return a.Run(ctx, func(ctx context.Context) error { return a.Welcome(ctx, out) })
}
