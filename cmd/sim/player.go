package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
)

// player is a process that plays seeds, with a Postgres of its own, both on one
// core. A game is a conversation in which one of the two always waits for the
// other: on one core nobody has to be woken on another, which takes a third of the
// processor's time.
type player struct {
	*exec.Cmd
	asks io.WriteCloser
	told *json.Decoder
}

// played is what a player tells of a seed.
type played struct {
	Report string
	Steps  int
	Broke  bool
	Fault  string // of the game itself; empty: none
}

// seat starts a player with this process's own flags; core: the one it is kept on,
// or empty.
func seat(ctx context.Context, core string) (*player, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("a player: %w", err)
	}
	line := append(append([]string{self}, os.Args[1:]...), "-each")
	if core != "" {
		line = append([]string{"taskset", "-c", core}, line...)
	}
	p := &player{Cmd: exec.CommandContext(context.WithoutCancel(ctx), line[0], line[1:]...)} //nolint:gosec // ourselves
	p.Stderr = os.Stderr
	if p.asks, err = p.StdinPipe(); err != nil {
		return nil, fmt.Errorf("a player: %w", err)
	}
	out, err := p.StdoutPipe()
	if err == nil {
		p.told, err = json.NewDecoder(out), p.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("a player: %w", err)
	}
	return p, nil
}

// play has it play a seed.
func (p *player) play(seed uint64) (played, error) {
	var one played
	if _, err := fmt.Fprintln(p.asks, seed); err != nil {
		return one, fmt.Errorf("seed %d: the player has gone: %w", seed, err)
	}
	if err := p.told.Decode(&one); err != nil {
		return one, fmt.Errorf("seed %d: the player has gone: %w", seed, err)
	}
	if one.Fault != "" {
		return one, fmt.Errorf("seed %d: %s", seed, one.Fault)
	}
	return one, nil
}

// leave lets it end, which clears up what it has started.
func (p *player) leave() {
	_ = p.asks.Close()
	_ = p.Wait()
}

// cores are those that a process can be kept on; none: where there is no taskset.
func cores(ctx context.Context) []string {
	var all []string
	for n := range runtime.NumCPU() {
		core := strconv.Itoa(n)
		if exec.CommandContext(ctx, "taskset", "-c", core, "true").Run() == nil { //nolint:gosec // a number
			all = append(all, core)
		}
	}
	return all
}

// generous is how much a player's heap grows before it is swept: it is small.
const generous = 400

// playEach is what a player does: it plays the seeds that are asked for.
func playEach(ctx context.Context, o options) error {
	debug.SetGCPercent(generous)
	t, end, err := served(ctx)
	if err != nil {
		return err
	}
	defer end()
	return t.each(ctx, o, os.Stdin, os.Stdout)
}

// each plays the seeds that come in, a line each, and tells of each in a line.
func (t *table) each(ctx context.Context, o options, in io.Reader, out io.Writer) error {
	tell := json.NewEncoder(out)
	for asked := bufio.NewScanner(in); asked.Scan(); {
		seed, err := strconv.ParseUint(asked.Text(), 10, 64)
		if err != nil {
			return fmt.Errorf("a seed: %w", err)
		}
		report, outcome, err := t.seed(ctx, seed, o)
		one := played{Report: report, Steps: outcome.Steps, Broke: outcome.Broke != nil}
		if err != nil {
			one.Fault = err.Error()
		}
		if err := tell.Encode(one); err != nil {
			return fmt.Errorf("tell of seed %d: %w", seed, err)
		}
	}
	return nil
}
