// Command mutants plants known faults in the gateway, one after the other, and
// has the game of cmd/sim find each: a game that finds nothing proves nothing
// until it has found what is there.
//
// The hard decision: a fault is a line of the sources said otherwise, in a list
// beside this file, and never a switch in the gateway. It is built with go
// build's -overlay, so that the sources themselves are not touched.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed mutants.txt
var list string

// mutant is a fault to plant.
type mutant struct {
	name, file string
	from, to   []string
}

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
	mutants, err := read(list)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "ringback-mutants-")
	if err != nil {
		return 0, fmt.Errorf("a folder to build in: %w", err)
	}
	defer os.RemoveAll(dir)
	for _, m := range mutants {
		if !only.MatchString(m.name) {
			continue
		}
		if err := m.build(ctx, dir); err != nil {
			return missed, fmt.Errorf("%s: %w", m.name, err)
		}
		how, found, err := play(ctx, filepath.Join(dir, "sim"), seeds, steps)
		if err != nil {
			return missed, fmt.Errorf("%s: %w", m.name, err)
		}
		if !found {
			missed++
		}
		fmt.Printf("%-60s %s\n", m.name, how)
	}
	return missed, nil
}

// read reads the list: blocks of lines "key: value" with an empty line between.
func read(list string) (all []mutant, err error) {
	for block := range strings.SplitSeq(list, "\n\n") {
		var m mutant
		for line := range strings.Lines(block) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			value = strings.ReplaceAll(value, "\\n", "\n")
			switch {
			case strings.HasPrefix(line, "#"), key == "":
			case key == "name":
				m.name = value
			case key == "file":
				m.file = value
			case key == "from":
				m.from = append(m.from, value)
			case key == "to":
				m.to = append(m.to, value)
			default:
				return nil, fmt.Errorf("%q: neither name, file, from nor to", line)
			}
		}
		if m.name == "" {
			continue
		}
		if len(m.from) == 0 || len(m.from) != len(m.to) {
			return nil, fmt.Errorf("%s: as many to as from", m.name)
		}
		all = append(all, m)
	}
	return all, nil
}

// plant is the file with the fault in it.
func (m mutant) plant(root string) (string, error) {
	source, err := os.ReadFile(filepath.Join(root, m.file))
	if err != nil {
		return "", err
	}
	text := string(source)
	for n, from := range m.from {
		if there := strings.Count(text, from); there != 1 {
			return "", fmt.Errorf("%s: %q stands there %d times: the sources have changed, and the list has to", m.file, from, there)
		}
		text = strings.Replace(text, from, m.to[n], 1)
	}
	return text, nil
}

// build makes the game with the fault in it.
func (m mutant) build(ctx context.Context, dir string) error {
	text, err := m.plant(".")
	if err != nil {
		return err
	}
	path, err := filepath.Abs(m.file)
	if err != nil {
		return err
	}
	planted, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: planted}})
	if err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(planted, []byte(text), 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", filepath.Join(dir, "sim"), "./cmd/sim").CombinedOutput() //nolint:gosec // our own sources
	if err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
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
