// Command chaos breaks things under load and looks at what became of it: three
// replicas of the real program as processes, a Postgres of their own, a provider that
// is simulated over real HTTP, the networks between, and customers who go on writing
// whatever happens. Faults are chosen by a seed, one or two at once. The replicas' spool is
// a folder each or, with -spool nats, three NATS servers that they share.
//
// The hard decision: nothing here is inside the gateway. The game by seed (cmd/sim)
// stops it at any statement and plays the same history twice; this has processes die,
// Postgres forget what was in its memory, and networks fall silent at moments that
// nobody chose, and says afterwards what may not be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

type options struct {
	seed    uint64
	minutes float64
	faults  string
	spool   string
	rate    float64
	report  string
	binary  string
	before  string
	keep    bool
	plant   string
	first   bool // end with the first episode after which something is broken
}

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "which faults, and when; the same seed is the same order of them") //nolint:gosec // after 1970
	flag.Float64Var(&o.minutes, "minutes", 0, "how long; 0: 10, or the 4 within which a planted fault has to be found")
	flag.StringVar(&o.faults, "faults", "", "these alone, with commas between them; -faults list prints them")
	flag.StringVar(&o.spool, "spool", string(folder), "where replicas keep what they acknowledge while Postgres is away: folder, or nats for three NATS servers of their own")
	flag.Float64Var(&o.rate, "rate", 40, "things that customers and advisors do a second")
	flag.StringVar(&o.report, "report", "", "write what is told in the end into this `file` as well")
	flag.StringVar(&o.binary, "binary", "", "the program, built already; empty: built from these sources")
	flag.StringVar(&o.before, "before", "", "the program's version before, for upgrade; empty: built from the commit before")
	flag.BoolVar(&o.keep, "keep", false, "keep the folder with logs and data also when all is well")
	flag.StringVar(&o.plant, "plant", "", "plant this known fault, by its number or name, in the gateway first; -plant list prints them, -plant all plants each and fails for one that is not found")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	broken, err := run(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(2)
	}
	if broken {
		os.Exit(1)
	}
}

// usual is how many minutes a campaign takes unless somebody says otherwise.
const usual = 10

// lateCallbacks is how long the provider takes to tell what became of a message: longer
// than it takes until one whose answer was lost is looked for. A callback that came
// first would answer in the look's place.
const lateCallbacks = 6 * time.Second

func run(ctx context.Context, o options, out io.Writer) (broken bool, err error) {
	if o.faults == "list" {
		for _, f := range faults {
			fmt.Fprintf(out, "%-16s %s\n", f.name, f.what)
		}
		return false, nil
	}
	if o.minutes == 0 && o.plant != "" {
		o.minutes = plantedFor
	} else if o.minutes == 0 {
		o.minutes = usual
	}
	if o.plant != "" {
		return plant(ctx, o, out)
	}
	return campaigns(ctx, o, out)
}

// campaigns builds what is needed and plays.
func campaigns(ctx context.Context, o options, out io.Writer) (broken bool, err error) {
	if o.spool != string(folder) && o.spool != string(onNATS) {
		return false, fmt.Errorf("there is no spool %q: folder or nats", o.spool)
	}
	some, skipped, err := chosen(o.faults, spool(o.spool))
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "ringback-chaos-built-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if o.binary == "" {
		o.binary = filepath.Join(dir, "ringback")
		if err := build(ctx, ".", o.binary, "./cmd/ringback"); err != nil {
			return false, err
		}
	}
	natsServer := ""
	if spool(o.spool) == onNATS {
		natsServer = filepath.Join(dir, "nats-server")
		if err := build(ctx, ".", natsServer, natsPackage); err != nil {
			return false, err
		}
	}
	if o.before == "" && has(some, "upgrade") {
		if o.before, err = buildBefore(ctx, dir); err != nil {
			skipped["upgrade"] = "the version before cannot be built: " + err.Error()
			some = slices.DeleteFunc(some, func(f fault) bool { return f.name == "upgrade" })
		}
	}
	mounts := os.Geteuid() == 0
	s, err := setUp(ctx, stageOptions{
		binary: o.binary, nats: natsServer, replicas: 3, rate: o.rate, seed: o.seed, callback: lateCallbacks,
		disks: mounts && has(some, "disk-full"), room: mounts && has(some, "postgres-full"),
	})
	if err != nil {
		return false, err
	}
	c := newCampaign(s, o.seed, out)
	c.binary, c.before, c.skipped, c.first = o.binary, o.before, skipped, o.first
	defer func() {
		s.close()
		if broken || err != nil || o.keep {
			fmt.Fprintf(out, "Logs and data are in %s\n", s.dir)
			return
		}
		err = s.clear()
	}()
	if has(some, "clocks") {
		if err := c.buildWrong(ctx, dir); err != nil {
			return false, err
		}
	}
	fmt.Fprintf(out, "seed %d, %.0f a second for %.1f minutes, spool: %s; logs in %s\n", o.seed, o.rate, o.minutes, o.spool, s.dir)
	end := c.begin(ctx)
	err = c.play(ctx, some, time.Now().Add(time.Duration(o.minutes*float64(time.Minute))))
	end()
	if err != nil {
		return false, err
	}
	ctx = context.WithoutCancel(ctx) // who breaks it off wants to know how it was
	if err := c.audit(ctx); err != nil {
		return false, err
	}
	c.report(out, o.seed)
	if o.report != "" {
		err = c.write(o.report, o.seed)
	}
	return len(c.findings) > 0, err
}

func has(some []fault, name string) bool {
	return slices.ContainsFunc(some, func(f fault) bool { return f.name == name })
}

func (c *campaign) write(name string, seed uint64) error {
	f, err := os.Create(name) //nolint:gosec // which somebody asked for
	if err != nil {
		return err
	}
	c.report(f, seed)
	return f.Close()
}

func newCampaign(s *stage, seed uint64, out io.Writer) *campaign {
	return &campaign{
		stage: s, out: out, frozen: 20 * time.Second, part: 1, tallies: map[string]*tally{}, skipped: map[string]string{},
		luck: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // the same each time
	}
}

func build(ctx context.Context, folder, binary, pkg string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags", "-s -w", "-tags", "nomsgpack", "-o", binary, pkg) //nolint:gosec // our own sources
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	return nil
}

// buildBefore builds the version before, in a worktree that goes afterwards.
func buildBefore(ctx context.Context, dir string) (string, error) {
	tree, binary := filepath.Join(dir, "before"), filepath.Join(dir, "ringback-before")
	if out, err := exec.CommandContext(ctx, "git", "worktree", "add", "--detach", tree, "HEAD~1").CombinedOutput(); err != nil { //nolint:gosec // our own folder
		return "", fmt.Errorf("%w: %s", err, out)
	}
	err := build(ctx, tree, binary, "./cmd/ringback")
	return binary, errors.Join(err, exec.CommandContext(context.WithoutCancel(ctx), "git", "worktree", "remove", "--force", tree).Run()) //nolint:gosec // likewise
}
