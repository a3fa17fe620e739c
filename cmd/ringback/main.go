// Command ringback is the gateway between a company's teams and their
// customers, and the tools to try it and look after it.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are what ringback can do; each has a file of its own.
type commands struct {
	JSON    bool   `name:"json" help:"Answer in JSON: see docs/cli.md."`
	EnvFile string `placeholder:"FILE" help:"Take from this file, such as /etc/ringback/ringback.env, what the environment does not say."`

	Serve      serve          `cmd:"" help:"Run the gateway."`
	Demo       runDemo        `cmd:"" help:"Run the gateway with a simulated provider and a phone page to play the customer."`
	Simulate   simulate       `cmd:"" help:"Play one customer story against a running gateway."`
	Doctor     runDoctor      `cmd:"" help:"Compare what is set at the providers with what the gateway needs, and put it right."`
	Migrate    migrate        `cmd:"" help:"Look at the database's migrations or run them by hand."`
	Key        key            `cmd:"" help:"Make, list and revoke API keys."`
	Admin      admin          `cmd:"" help:"Let an admin in again."`
	Apply      apply          `cmd:"" help:"Bring teams to what a file says of them."`
	Replay     replayRecorded `cmd:"" help:"Bring recorded webhooks to a gateway, signed anew, and see what it answers."`
	MCP        runMCP         `cmd:"" name:"mcp" help:"Let a program that speaks the Model Context Protocol ask a running gateway."`
	Events     givenUp        `cmd:"" help:"Look at the events that were given up, and take them up again."`
	Backup     makeBackup     `cmd:"" help:"Write the database, the files and the keys into one sealed file."`
	Restore    restore        `cmd:"" help:"Bring a backup back into an empty database."`
	Version    version        `cmd:"" help:"Print which build this is."`
	Completion completion     `cmd:"" help:"Print what lets a shell complete ringback's commands."`
	Complete   complete       `cmd:"" hidden:"" name:"__complete" help:"What could follow, for a shell."`
	Manual     manual         `cmd:"" hidden:"" name:"__manual" help:"The manual page, for a package."`
	Help       help           `cmd:"" help:"Say what a command does, as --help after it."`
}

// help is never run: execute reads it as --help.
type help struct {
	Command []string `arg:"" optional:"" help:"The command; left out, all of them."`
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

// errInterrupted is a command that Ctrl-C or a SIGTERM ended before its time.
var errInterrupted = errors.New("interrupted before it was done")

// execute does what is typed after ringback, and returns the exit code. The
// answer goes to out and errors to errs; the log goes to standard error itself.
func execute(ctx context.Context, typed []string, out, errs io.Writer) int {
	if len(typed) > 0 && typed[0] == "help" {
		typed = append(slices.Clone(typed[1:]), "--help")
	}
	answer := output{to: out, errs: errs, json: slices.Contains(typed, "--json")}
	helped := false // kong has printed the help and goes on as if it had not
	all := &commands{}
	parser := kong.Must(all,
		kong.Name("ringback"),
		kong.Description("Answers customers who call, text or write while nobody can. Configured by the environment: see docs/operations.md."),
		kong.Writers(out, errs),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(answer))
	parsed, err := parser.Parse(typed)
	switch {
	case helped:
		return 0
	case err != nil:
		return answer.fail(errs, exitUsage, err, understood(err))
	}
	if all.EnvFile != "" {
		err = loadEnvironment(all.EnvFile)
	}
	if err == nil {
		err = parsed.Run(parser.Model)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	if err != nil {
		return answer.fail(errs, exitFailed, err, "")
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
