package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func said(format string, args ...any) { _, _ = fmt.Printf(format+"\n", args...) }

func main() {
	if err := run(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

var errBroken = errors.New("something was broken")

func run() error {
	lasts := flag.Duration("for", 30*time.Minute, "how long faults are played")
	only := flag.String("only", "", "these faults alone, with commas between them")
	rate := flag.Float64("rate", 20, "things that happen a second")
	seed := flag.Uint64("seed", 1, "of the load and of the order of faults")
	keep := flag.Bool("keep", false, "leave logs and data where they are, also when nothing was found")
	binary := flag.String("binary", "", "the gateway; built if it is not given")
	place := flag.String("dir", "", "where the machines' disks are; in memory if there is room, which no fault tried here can tell from a disk")
	docs := flag.String("docs", "docs/install", "where the configuration is")
	flag.Parse()
	if os.Geteuid() != 0 {
		return errors.New("network namespaces need root")
	}
	lock, err := os.OpenFile(filepath.Join(os.TempDir(), "ringback-cluster.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.New("another one is at work on this machine")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	these, err := chosen(*only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(cmp.Or(*place, inMemory()), "ringback-cluster-")
	if err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // Postgres is somebody else
		return err
	}
	if *binary == "" {
		*binary = filepath.Join(dir, "ringback")
		build := exec.CommandContext(ctx, "go", "build", "-o", *binary, "./cmd/ringback") //nolint:gosec // ours
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build the gateway: %w\n%s", err, out)
		}
	}
	said("three machines in %s; Ctrl-C ends it and cleans up", dir)
	b, err := setUp(ctx, options{dir: dir, docs: *docs, binary: *binary, rate: *rate, seed: *seed})
	defer b.close()
	if err != nil {
		return fmt.Errorf("%w (logs are in %s)", err, dir)
	}
	c := &campaign{bed: b, luck: rand.New(rand.NewPCG(*seed, 1)), tallies: map[string]*tally{}} //nolint:gosec // the same each time
	if err := c.play(ctx, these, *lasts); err != nil {
		c.report(os.Stdout, *seed) // what was found until then
		return fmt.Errorf("%w (logs are in %s)", err, dir)
	}
	c.report(os.Stdout, *seed)
	if len(c.findings) > 0 {
		return fmt.Errorf("%w; logs and data are in %s", errBroken, dir)
	}
	if *keep {
		said("logs and data are in %s", dir)
		return nil
	}
	b.close()
	return os.RemoveAll(dir)
}

// inMemory is a folder there with room for three databases, if there is one.
func inMemory() string {
	var fs syscall.Statfs_t
	if syscall.Statfs("/dev/shm", &fs) == nil && fs.Bavail*uint64(fs.Bsize) > 4<<30 { //nolint:gosec // no size is negative
		return "/dev/shm"
	}
	return ""
}

func chosen(only string) ([]fault, error) {
	if only == "" {
		return faults, nil
	}
	byName := map[string]fault{}
	for _, f := range faults {
		byName[f.name] = f
	}
	var these []fault
	for name := range strings.SplitSeq(only, ",") {
		f, is := byName[name]
		if !is {
			return nil, fmt.Errorf("no fault is called %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(byName)), ", "))
		}
		these = append(these, f)
	}
	return these, nil
}
