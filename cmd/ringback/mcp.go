package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"ringback/cmd/app"
	"ringback/cmd/client"
	"ringback/cmd/demo"
	"ringback/cmd/mcp"
)

type runMCP struct {
	URL   string `env:"RINGBACK_URL" placeholder:"URL" help:"The gateway to ask; left out, the running demo."`
	Key   string `env:"RINGBACK_API_KEY" placeholder:"KEY" help:"The API key to ask with. With --http each caller brings their own."`
	Write bool   `help:"Also have a tool that answers customers."`
	HTTP  string `placeholder:"ADDR" help:"Answer at this address instead of standard input and output; with a port alone, such as :8765, on this machine only."`
}

// Run answers until its caller goes, or a signal stops it. Standard output is the
// protocol's.
func (m runMCP) Run(ctx context.Context, out output) error {
	gateway, err := m.gateway()
	if err != nil {
		return err
	}
	info, _ := debug.ReadBuildInfo()
	c := mcp.Config{Version: describe(info).Version, Write: m.Write}
	if m.HTTP != "" {
		return m.serve(ctx, out, mcp.Handler(c, gateway.URL))
	}
	err = mcp.New(c, gateway).Run(ctx, &sdk.StdioTransport{})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (m runMCP) serve(ctx context.Context, out output, handler http.Handler) error {
	address := m.HTTP
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--http: %w", err)
	}
	if !out.json {
		_, _ = fmt.Fprintf(out.errs, "The tools are answered at http://%s. Ctrl-C stops it.\n", listener.Addr())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	gone := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer gone()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// gateway is which to ask, and with what key.
func (m runMCP) gateway() (client.Gateway, error) {
	g := client.Gateway{URL: strings.TrimRight(m.URL, "/"), Key: m.Key}
	if g.URL == "" {
		c, err := app.FromEnvironment()
		if err != nil {
			return g, err
		}
		found, err := demo.Find(c)
		if err != nil {
			return g, fmt.Errorf("say which gateway with RINGBACK_URL, or run a demo: %w", err)
		}
		g = client.Gateway{URL: found.URL, Key: found.Key}
	}
	if g.Key == "" && m.HTTP == "" {
		return g, errors.New("RINGBACK_API_KEY is not set: it is the key that is asked with, and says what may be seen")
	}
	return g, nil
}
