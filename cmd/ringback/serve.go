package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"ringback/cmd/app"
)

type serve struct{}

// Run is the gateway, until a signal stops it.
func (serve) Run(ctx context.Context) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	log := c.Logger()
	slog.SetDefault(log) // for what has no log of its own to write to
	a, err := app.New(ctx, c, log)
	if err != nil {
		return err
	}
	log.Info("listening", "address", a.URL(), "public", a.PublicURL(),
		"messages", a.PublicURL()+"/webhooks/twilio/messages", "api", a.PublicURL()+"/api/v1/openapi.json")
	if err := a.Welcome(ctx, os.Stdout); err != nil {
		return errors.Join(err, a.Close())
	}
	return a.Serve(ctx)
}
