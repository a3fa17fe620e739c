package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// report is what a person wants to know of a campaign, as a part of a page.
func (c *campaign) report(out io.Writer, seed uint64) {
	said := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	said("Seed %d, %s, three machines: %d changes of the primary; %s.", seed, c.lasted.Round(time.Second), c.changes, c.facts.Amount())
	said("")
	said("| fault | what it is | times | new primaries | after, median and worst | commits from then, median and worst | worked up from then, median and worst |")
	said("| --- | --- | --: | --: | --: | --: | --: |")
	for _, f := range faults {
		t := c.tallies[f.name]
		if t == nil {
			said("| `%s` | %s | not played | | | | |", f.name, f.what)
			continue
		}
		said("| `%s` | %s | %d | %d | %s | %s | %s |", f.name, f.what, t.times, t.failovers, spread(t.without), spread(t.commits), spread(t.caughtUp))
	}
	said("")
	said("HAProxy answered a provider with: %s.", c.answered())
	said("%s", c.facts.Unjudged())
	said("")
	if len(c.findings) == 0 {
		said("Nothing was lost, doubled, out of order, sent after a STOP, over a cap or stuck.")
		return
	}
	said("BROKEN, %d findings:", len(c.findings))
	for n, f := range c.findings {
		if n == 60 {
			said("- and so on")
			break
		}
		during := ""
		if f.during != "" {
			during = " (during " + f.during + ")"
		}
		said("- %s: %s%s", f.Property, f.Detail, during)
	}
}

func spread(of []time.Duration) string {
	if len(of) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(of))
	return fmt.Sprintf("%.1f s, %.1f s", sorted[len(sorted)/2].Seconds(), sorted[len(sorted)-1].Seconds())
}

// answered counts HAProxy's answers at the providers' doors by their status and why, as
// its log has them.
func (c *campaign) answered() string {
	f, err := os.Open(filepath.Join(c.dir, "haproxy.log"))
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	counts := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if why, is := providers(lines.Text()); is {
			counts[why]++
		}
	}
	var words []string
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, fmt.Sprintf("%s: %d", why, counts[why]))
	}
	return strings.Join(words, ", ")
}

// providers reads a line of HAProxy's log about a request at a provider's door: its
// status and, where the request did not end as it should, how it did.
func providers(line string) (string, bool) {
	before, _, is := strings.Cut(line, ` "POST /webhooks/`)
	if !is {
		return "", false
	}
	fields := strings.Fields(before)
	for n, field := range fields {
		if strings.Count(field, "/") == 4 && n+4 < len(fields) {
			status, ended := fields[n+1], fields[n+5]
			if strings.HasPrefix(ended, "--") {
				return status, true
			}
			return status + " " + ended, true
		}
	}
	return "", false
}
