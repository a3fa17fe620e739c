package main

import (
	"context"
	"os"

	"ringback/cmd/app"
	"ringback/cmd/demo"
)

type runDemo struct{}

// Run plays Green Valley Equipment until a signal stops it. It listens on this
// machine alone unless LISTEN says otherwise.
func (runDemo) Run(ctx context.Context) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if _, chosen := os.LookupEnv("LISTEN"); !chosen {
		c.Listen = "127.0.0.1:8080"
	}
	c.DatabaseURL = "" // the demo never touches a real one
	return demo.Run(ctx, c, c.Logger(), os.Stdout)
}
