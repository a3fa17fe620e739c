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
	if err := run(ctx, p, *cpu); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, p plan, cpu string) error {
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
	if err := doors(ctx, place, p); err != nil {
		return err
	}
	if err := calls(ctx, place, p); err != nil {
		return err
	}
	if err := visitors(ctx, place, p); err != nil {
		return err
	}
	stop, err := profile(cpu)
	if err != nil {
		return err
	}
	defer stop()
	return replies(ctx, place, p)
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
