package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"ringback/cmd/app"
	"ringback/cmd/demo"
)

type runDemo struct {
	Empty bool `help:"Begin without the past month."`
}

// Run plays Green Valley Equipment until a signal stops it. It listens on this
// machine alone unless LISTEN says otherwise.
func (r runDemo) Run(ctx context.Context, out output) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	if _, chosen := os.LookupEnv("LISTEN"); !chosen {
		c.Listen = usual()
	}
	c.DatabaseURL = "" // the demo never touches a real one
	log := c.Logger()
	slog.SetDefault(log)
	return demo.Run(ctx, c, log, demo.Beginning{Empty: r.Empty, Past: out.progress()}, func(d *demo.Demo) error {
		_, _ = fmt.Fprint(out.words(), d.Introduction())
		return out.value(d.Places())
	})
}

// usual is the address that the README names, or a free one when something
// else already listens there; the demo prints where it is.
func usual() string {
	const address = "127.0.0.1:8080"
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = listener.Close()
	return address
}
