// Command ringback is the gateway between a company's teams and their
// customers, and the tools to try it and look after it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are what ringback can do; each has a file of its own.
type commands struct {
	Serve    serve     `cmd:"" help:"Run the gateway."`
	Demo     runDemo   `cmd:"" help:"Run the gateway with a simulated provider and a phone page to play the customer."`
	Simulate simulate  `cmd:"" help:"Play one customer story against a running gateway."`
	Doctor   runDoctor `cmd:"" help:"Compare what is set at the providers with what the gateway needs, and put it right."`
	Migrate  migrate   `cmd:"" help:"Look at the database's migrations or run them by hand."`
	Key      key       `cmd:"" help:"Make API keys."`
}

// commandLine reads what is typed after ringback.
func commandLine(ctx context.Context) *kong.Kong {
	return kong.Must(&commands{},
		kong.Name("ringback"),
		kong.Description("Answers customers who call, text or write while nobody can. Configured by the environment: see docs/operations.md."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser := commandLine(ctx)
	parsed, err := parser.Parse(os.Args[1:])
	parser.FatalIfErrorf(err)
	if err := parsed.Run(); err != nil {
		fmt.Fprintf(os.Stderr, "ringback: %v\n", err)
		os.Exit(1)
	}
}
