// Command mutants plants known faults in the gateway, one after the other, and
// has the game of cmd/sim find each: a game that finds nothing proves nothing
// until it has found what is there.
//
// The hard decision: a fault is a line of the sources said otherwise, in a list
// beside this file, and never a switch in the gateway: see cmd/overlay.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strings"

	"ringback/cmd/overlay"
)

//go:embed mutants.txt
var list string

func main() {
	only := flag.String("only", "", "plant those alone whose name this regular `expression` matches")
	seeds := flag.Int("seeds", 40, "within how many seeds each has to be found")
	steps := flag.Int("steps", 300, "steps of a game")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	wanted, err := regexp.Compile(*only)
	missed := 0
	if err == nil {
		missed, err = run(ctx, wanted, *seeds, *steps)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
	if missed > 0 {
		os.Exit(1)
	}
}

func run(ctx context.Context, only *regexp.Regexp, seeds, steps int) (missed int, err error) {
	mutants, err := overlay.Read(list)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "ringback-mutants-")
	if err != nil {
		return 0, fmt.Errorf("a folder to build in: %w", err)
	}
	defer os.RemoveAll(dir)
	mutants = slices.DeleteFunc(mutants, func(m overlay.Mutant) bool { return !only.MatchString(m.Name) })
	if len(mutants) == 0 {
		return 0, fmt.Errorf("no planted fault's name matches %q", only)
	}
	for _, m := range mutants {
		sim, err := m.Build(ctx, dir, "sim", "./cmd/sim")
		if err != nil {
			return missed, fmt.Errorf("%s: %w", m.Name, err)
		}
		how, found, err := play(ctx, sim, seeds, steps)
		if err != nil {
			return missed, fmt.Errorf("%s: %w", m.Name, err)
		}
		if !found {
			missed++
		}
		fmt.Printf("%-60s %s\n", m.Name, how)
	}
	return missed, nil
}

// play plays until something breaks, and says by which seed and what.
func play(ctx context.Context, sim string, seeds, steps int) (how string, found bool, err error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, sim, "-first", "-shrink=false", "-seeds", fmt.Sprint(seeds), "-steps", fmt.Sprint(steps)) //nolint:gosec // built above
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	first, _, _ := strings.Cut(out.String(), "\n")
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "NOT FOUND", false, nil
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return first, true, nil
	}
	return "", false, fmt.Errorf("%w: %s", err, out.String())
}
