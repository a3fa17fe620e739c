package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"ringback/cmd/app"
	"ringback/cmd/tunnel"
	"ringback/settings"
	"ringback/settings/staff"
)

type serve struct {
	Tunnel string `help:"Open a tunnel for the internet to come in by: ngrok, with NGROK_AUTHTOKEN, in a build with the tag ngrok. PUBLIC_URL follows it, or names the reserved address to ask for." enum:"ngrok," default:""`
}

// Run is the gateway, until a signal stops it.
func (s serve) Run(ctx context.Context, out output) error {
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
func run(ctx context.Context, c app.Config, log *slog.Logger, out output) error {
	a, err := app.Open(c, log)
	if err != nil {
		return err
	}
	log.Info("listening", "address", a.URL(), "public", a.PublicURL(),
		"messages", a.PublicURL()+"/webhooks/twilio/messages", "api", a.PublicURL()+"/api/v1/openapi.json")
	return a.Run(ctx, func(ctx context.Context) error { return welcome(ctx, a, out) })
}

// welcome prints the address where somebody becomes the first admin, as long as
// there is none who can sign in. It is printed and not logged: logs travel.
func welcome(ctx context.Context, a *app.App, out output) error {
	link, err := a.Gate.Welcome(ctx, a.Company.ID)
	if errors.Is(err, settings.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out.words(), `
  Nobody can sign in yet. Become the first admin here, within 24 hours and once:

    %s

`, link.URL)
	return out.value(map[string]staff.Link{"first_admin": link})
}
