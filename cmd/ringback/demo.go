package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"ringback/cmd/app"
	"ringback/cmd/demo"
	"ringback/cmd/doctor"
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
	return demo.Run(ctx, c, log, demo.Beginning{Empty: r.Empty, Past: out.past()}, func(d *demo.Demo) error {
		_, _ = fmt.Fprint(out.words(), d.Introduction())
		return out.value(d.Places())
	})
}

// past shows how far the past month is: in one line on a terminal, else at its begin
// and its end.
func (o output) past() func(day, of int) {
	words, begun := o.words(), false
	return func(day, of int) {
		switch {
		case doctor.IsTerminal(o.to):
			_, _ = fmt.Fprintf(words, "\r  The past month, played through the gateway: day %d of %d", day, of)
		case !begun:
			_, _ = fmt.Fprint(words, "  The past month is played through the gateway …")
		}
		if begun = true; day == of {
			_, _ = fmt.Fprintln(words, " done")
		}
	}
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
