// Command ringback is the gateway between a company's teams and their
// customers, and the tools to try it and look after it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"ringback/settings"
	"ringback/webhooks/web/i18n"
)

// commands are what ringback can do; each has a file of its own.
type commands struct {
	Serve    serve      `cmd:"" help:"Run the gateway."`
	Demo     runDemo    `cmd:"" help:"Run the gateway with a simulated provider and a phone page to play the customer."`
	Simulate simulate   `cmd:"" help:"Play one customer story against a running gateway."`
	Doctor   runDoctor  `cmd:"" help:"Compare what is set at the providers with what the gateway needs, and put it right."`
	Migrate  migrate    `cmd:"" help:"Look at the database's migrations or run them by hand."`
	Key      key        `cmd:"" help:"Make API keys."`
	Events   givenUp    `cmd:"" help:"Look at the events that were given up, and take them up again."`
	Backup   makeBackup `cmd:"" help:"Write the database, the files and the keys into one sealed file."`
	Restore  restore    `cmd:"" help:"Bring a backup back into an empty database."`
	Version  version    `cmd:"" help:"Print which build this is."`
}

// What a script that calls ringback can go by.
const (
	exitFailed = 1 // it could not be done, or the doctor found something wrong
	exitUsage  = 2 // what was typed means nothing
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute does what is typed after ringback, and returns the exit code. The
// answer goes to out and errors to errs; the log goes to standard error itself.
func execute(ctx context.Context, typed []string, out, errs io.Writer) int {
	helped := false // kong has printed the help and goes on as if it had not
	parser := kong.Must(&commands{},
		kong.Name("ringback"),
		kong.Description("Answers customers who call, text or write while nobody can. Configured by the environment: see docs/operations.md."),
		kong.Writers(out, errs),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.BindTo(out, (*io.Writer)(nil)))
	parsed, err := parser.Parse(typed)
	switch {
	case helped:
		return 0
	case err != nil:
		_, _ = fmt.Fprintf(errs, "ringback: %v\nSee: %s --help\n", err, understood(err))
		return exitUsage
	}
	if err := parsed.Run(); err != nil {
		_, _ = fmt.Fprintf(errs, "ringback: %s\n", inWords(err))
		return exitFailed
	}
	return 0
}

// understood is the command as far as it made sense.
func understood(err error) string {
	command := ""
	if wrong := (*kong.ParseError)(nil); errors.As(err, &wrong) {
		command = wrong.Context.Command()
	}
	return strings.TrimSpace("ringback " + command)
}

// inWords is an error as a person reads it: faults are codes, and their words
// stand in the catalog.
func inWords(err error) string {
	var wrong settings.Invalid
	if errors.As(err, &wrong) {
		return i18n.Refusal("en", wrong)
	}
	return err.Error()
}
