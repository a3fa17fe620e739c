// Package apptest lets a test's own program be `ringback serve`, for tests that kill it:
// the same code, and no second program to link, which takes longer than the tests of it.
package apptest

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"ringback/cmd/app"
)

// AsServer in the environment of a test's own program has Main serve.
const AsServer = "RINGBACK_TEST_SERVE"

// Main is a TestMain that runs the tests or, in a process that they started so, serves
// until SIGTERM, by the environment. It does not return.
func Main(m *testing.M) {
	if os.Getenv(AsServer) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	err := serve(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(ctx context.Context) error {
	c, err := app.FromEnvironment()
	if err != nil {
		return err
	}
	a, err := app.Open(c, c.Logger())
	if err != nil {
		return err
	}
	return a.Run(ctx, func(context.Context) error { return nil })
}
