// Command report reads `go test -json` and prints what a person wants to see of it:
// go test's line for every package, the whole output of a test that failed, and the
// tests that were skipped. Under CI (the variable CI is set) a skipped test is a
// failure, since there everything a test could need is at hand.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// event is a line of `go test -json`, see `go doc test2json`.
type event struct {
	Action, Package, Test, Output string
}

type name struct{ pkg, test string }

type report struct {
	out             io.Writer
	pending         map[name][]string // what unfinished tests have printed
	passed, failed  int
	skipped         []string
	packagesStarted map[string]bool
	packagesFailed  bool
}

func main() {
	r := report{out: os.Stdout, pending: map[name][]string{}, packagesStarted: map[string]bool{}}
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	os.Exit(r.sum(os.Getenv("CI") != ""))
}

func (r *report) read(in io.Reader) error {
	for lines := json.NewDecoder(in); ; {
		var e event
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read go test's output: %w", err)
		}
		r.take(e)
	}
}

func (r *report) take(e event) {
	n := name{e.Package, e.Test}
	switch {
	case e.Action == "build-output":
		fmt.Fprint(r.out, e.Output)
	case e.Action == "start":
		r.packagesStarted[e.Package] = true
	case e.Action == "output" && e.Test == "":
		if e.Output != "PASS\n" {
			fmt.Fprint(r.out, e.Output)
		}
	case e.Action == "output":
		r.pending[n] = append(r.pending[n], e.Output)
	case e.Test == "" && (e.Action == "fail" || e.Action == "build-fail"):
		r.packagesFailed = true
		r.showUnfinished(e.Package)
	case e.Test != "":
		r.finish(n, e.Action)
	}
}

func (r *report) finish(n name, action string) {
	switch action {
	case "pass":
		r.passed++
	case "skip":
		r.skipped = append(r.skipped, n.pkg+" "+strings.Join(reasons(r.pending[n]), " "))
	case "fail":
		r.failed++
		r.show(n)
	default:
		return
	}
	delete(r.pending, n)
}

// reasons drops the lines that only say that a test runs.
func reasons(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if !strings.HasPrefix(line, "=== ") {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	return kept
}

func (r *report) show(n name) {
	for _, line := range r.pending[n] {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(r.out, line)
		}
	}
}

// showUnfinished prints what the tests had said that a crash or the time-out cut off.
func (r *report) showUnfinished(pkg string) {
	var cut []name
	for n := range r.pending {
		if n.pkg == pkg {
			cut = append(cut, n)
		}
	}
	slices.SortFunc(cut, func(a, b name) int { return strings.Compare(a.test, b.test) })
	for _, n := range cut {
		r.show(n)
		delete(r.pending, n)
	}
}

// sum prints the last line and returns the exit code.
func (r *report) sum(ci bool) int {
	for _, s := range r.skipped {
		fmt.Fprintln(r.out, "skipped:", s)
	}
	fmt.Fprintf(r.out, "%d passed, %d failed, %d skipped in %d packages\n",
		r.passed, r.failed, len(r.skipped), len(r.packagesStarted))
	switch {
	case r.failed > 0 || r.packagesFailed:
		return 1
	case ci && len(r.skipped) > 0:
		fmt.Fprintln(r.out, "under CI a skipped test is a failure")
		return 1
	case r.passed == 0:
		fmt.Fprintln(r.out, "no test ran")
		return 1
	}
	return 0
}
