// Command sim plays the gateway by seed: a company, its customers, its staff,
// their provider and up to three replicas on a real Postgres, in a played time,
// with processes that end and a database that refuses at any statement. After
// the steps it holds what must hold whatever happens.
//
// The hard decision: it plays the real thing. The gateway's three loops do not
// call each other, so a single goroutine can take their turns, one statement
// after the other, and the whole of what happens follows from the seed. Nothing
// of the gateway or the database is played but the time, the provider and the
// trouble. A script that a seed leads to is a list of steps in words, so that one
// that breaks something can be made shorter, kept, read, and played again.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ringback/migrations/pg"
)

type options struct {
	seed     uint64
	seeds    int
	steps    int
	parallel int
	script   string
	trace    bool
	shrink   bool
	first    bool
	each     bool
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 1, "the first seed")
	flag.IntVar(&o.seeds, "seeds", 1, "how many seeds, from the first on")
	flag.IntVar(&o.steps, "steps", 500, "steps of a game")
	flag.IntVar(&o.parallel, "parallel", 1, "games at once, each in a process of its own with a Postgres of its own")
	flag.StringVar(&o.script, "script", "", "play the script in this `file` instead")
	flag.BoolVar(&o.trace, "trace", false, "print what happens")
	flag.BoolVar(&o.shrink, "shrink", true, "make the script of a game that breaks something shorter")
	flag.BoolVar(&o.first, "first", false, "end with the first game that breaks something")
	flag.BoolVar(&o.each, "each", false, "play the seeds that come in, a line each, and tell of each in a line: what the games at once are")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	broken, err := run(ctx, o, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(2)
	}
	if broken > 0 {
		os.Exit(1)
	}
}

// run plays what is asked for and returns how many games broke something.
func run(ctx context.Context, o options, out io.Writer) (int, error) {
	switch {
	case o.each:
		return 0, playEach(ctx, o)
	case o.script != "":
		return runScript(ctx, o, out)
	}
	var (
		next, steps, broken atomic.Int64
		players             sync.WaitGroup
		say                 sync.Mutex
		failed              error
	)
	begun, cores := time.Now(), cores(ctx)
	for n := range o.parallel {
		core := ""
		if len(cores) > 0 {
			core = cores[n%len(cores)]
		}
		p, err := seat(ctx, core)
		if err != nil {
			return 0, err
		}
		players.Go(func() {
			defer p.leave()
			for n := next.Add(1) - 1; n < int64(o.seeds) && ctx.Err() == nil && (!o.first || broken.Load() == 0); n = next.Add(1) - 1 {
				one, err := p.play(o.seed + uint64(n))
				steps.Add(int64(one.Steps))
				say.Lock()
				if err != nil && failed == nil {
					failed = err
				}
				if one.Broke {
					broken.Add(1)
				}
				_, _ = io.WriteString(out, one.Report)
				say.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	players.Wait()
	took := time.Since(begun)
	_, _ = fmt.Fprintf(out, "%d seeds, %d steps in %s: %.0f steps/s, %d broke something\n",
		min(next.Load(), int64(o.seeds)), steps.Load(), took.Round(time.Millisecond), float64(steps.Load())/took.Seconds(), broken.Load())
	return int(broken.Load()), failed
}

// seed plays one and reports it.
func (t *table) seed(ctx context.Context, seed uint64, o options) (string, Outcome, error) {
	script := Write(seed, o.steps)
	outcome, err := t.Play(ctx, script)
	if err != nil {
		return "", outcome, err
	}
	var b strings.Builder
	if o.trace {
		fmt.Fprintln(&b, strings.Join(outcome.Trace, "\n"))
	}
	if outcome.Broke == nil {
		if o.seeds == 1 {
			fmt.Fprintf(&b, "seed %d: %d steps, history %s\n", seed, outcome.Steps, outcome.Hash)
		}
		return b.String(), outcome, nil
	}
	fmt.Fprintf(&b, "seed %d broke at step %d of %d: %s\n", seed, outcome.Broke.Step, len(script), outcome.Broke)
	if o.shrink {
		shorter, broke, err := t.Shrink(ctx, script, outcome.Broke)
		if err != nil {
			return b.String(), outcome, err
		}
		fmt.Fprintf(&b, "# seed %d: %s\n%s", seed, broke, Print(shorter))
	}
	return b.String(), outcome, nil
}

func runScript(ctx context.Context, o options, out io.Writer) (int, error) {
	file, err := os.Open(o.script)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	script, err := Read(file)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", o.script, err)
	}
	t, end, err := served(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	outcome, err := t.Play(ctx, script)
	if err != nil {
		return 0, err
	}
	if o.trace || outcome.Broke != nil {
		_, _ = fmt.Fprintln(out, strings.Join(outcome.Trace, "\n"))
	}
	_, _ = fmt.Fprintf(out, "%s: %d steps, history %s\n", o.script, outcome.Steps, outcome.Hash)
	if outcome.Broke != nil {
		return 1, nil
	}
	return 0, nil
}

// served starts a Postgres in a folder that goes afterwards, with a database for
// games.
func served(ctx context.Context) (t *table, end func(), err error) {
	dir, err := os.MkdirTemp("", "ringback-sim-")
	if err != nil {
		return nil, nil, fmt.Errorf("a folder for the data: %w", err)
	}
	var server *pg.Server
	end = func() {
		if t != nil {
			t.close()
		}
		if server != nil {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
			defer cancel()
			_ = server.Stop(ctx)
		}
		_ = os.RemoveAll(dir)
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	if err := os.Chmod(dir, 0o755); err != nil { // Postgres may run as somebody else
		return nil, nil, fmt.Errorf("the folder for the data: %w", err)
	}
	if server, err = pg.Start(ctx, pg.Config{DataDir: dir, Throwaway: true, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, nil, err
	}
	dsn, err := fresh(ctx, server.DSN())
	if err != nil {
		return nil, nil, err
	}
	t, err = sit(ctx, dsn)
	return t, end, err
}
