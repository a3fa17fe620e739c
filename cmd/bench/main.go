// Command bench measures how fast texts are taken in and replied to, against
// what the same machine does without Ringback in between.
//
// The hard decision: only ratios count, and everything they compare is measured
// in one run, in short turns one after the other, so that a busy machine slows
// all of them alike. The client, the server, Postgres and the played provider
// share the cores; requests are signed beforehand and sent as bytes, so that
// the client costs as little as it can.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"
)

// plan is how much is measured.
type plan struct {
	rounds   int
	turn     time.Duration // of one door measurement
	texts    int           // of one measurement of replies
	visitors int           // idle, of the web chat; 0: none
}

func main() {
	var p plan
	flag.IntVar(&p.rounds, "rounds", 5, "turns that each figure is the median of")
	flag.DurationVar(&p.turn, "turn", 500*time.Millisecond, "length of one turn at the doors")
	flag.IntVar(&p.texts, "texts", 400, "texts of one turn of replies")
	flag.IntVar(&p.visitors, "visitors", 10_000, "idle visitors of the web chat; 0: none")
	s := size{calm: 20 * time.Second}
	grown := flag.Bool("large", false, "measure instead what much that is stored, or waits, or comes at once does to it")
	flag.IntVar(&s.rows, "rows", 10_000_000, "with -large: rows stored at the end")
	flag.IntVar(&s.backlog, "backlog", 1_000_000, "with -large: texts that wait when the gateway starts")
	flag.IntVar(&s.burst, "burst", 100_000, "with -large: texts of one team at once")
	flag.DurationVar(&s.held, "held", 30*time.Minute, "with -large: how long transactions stay open")
	flag.DurationVar(&s.old, "old", time.Hour, "with -large: how long old rows go, at most")
	var b inbox
	flag.IntVar(&b.messages, "inbox", 0, "measure instead the console and its search on so many messages")
	flag.StringVar(&b.in, "in", "", "with -inbox and -large: the folder of the data, which stays, and is filled once")
	flag.StringVar(&b.only, "only", "", "with -inbox: what is asked; with -large: growth, backlog, burst, held or old; by a part of its name")
	cpu := flag.String("cpu", "", "write a CPU profile of the replies to this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if told := os.Getenv(serving); told != "" {
		if err := serveHere(ctx, told); err != nil {
			fmt.Fprintln(os.Stderr, "bench: gateway:", err)
			os.Exit(1)
		}
		return
	}
	s.in, s.only = b.in, b.only
	opened := func(ctx context.Context) (*place, error) { return open(ctx, s.in) }
	measure := func(place *place) error { return usual(ctx, place, p, *cpu) }
	switch {
	case b.messages > 0:
		opened, measure = b.open, func(place *place) error { return b.measure(ctx, place) }
	case *grown:
		measure = func(place *place) error { return large(ctx, place, s, p) }
	}
	if err := run(ctx, opened, measure); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, open func(context.Context) (*place, error), measure func(*place) error) error {
	place, err := open(ctx)
	if err != nil {
		return err
	}
	defer place.close()
	machine, err := place.machine(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n\n", machine)
	return measure(place)
}

// usual measures the doors, the calls, the web chat and the replies.
func usual(ctx context.Context, p *place, how plan, cpu string) error {
	for _, part := range []func(context.Context, *place, plan) error{doors, calls, visitors} {
		if err := part(ctx, p, how); err != nil {
			return err
		}
	}
	stop, err := profile(cpu)
	if err != nil {
		return err
	}
	defer stop()
	return replies(ctx, p, how)
}

// machine is what the figures depend on.
func (p *place) machine(ctx context.Context) (string, error) {
	var version, fsync string
	if err := p.db.QueryRowContext(ctx, `select current_setting('server_version'), current_setting('fsync')`).Scan(&version, &fsync); err != nil {
		return "", fmt.Errorf("ask Postgres: %w", err)
	}
	return fmt.Sprintf("%d cores, %s, Postgres %s with fsync %s; client, gateway, Postgres and provider share the cores",
		runtime.NumCPU(), runtime.Version(), version, fsync), nil
}

// median is the middle one, which a single slow or lucky turn does not move.
func median[T cmp.Ordered](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}
