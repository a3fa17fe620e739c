package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// report is what a person wants to know of a campaign, as a part of a page.
func (c *campaign) report(out io.Writer, seed uint64) {
	said := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	said("Seed %d, %s, %d replicas: %s.", seed, c.lasted.Round(time.Second), len(c.replicas), c.facts.Amount())
	said("")
	said("| fault | what it is | episodes | times | doors back, worst | all worked up, worst |")
	said("| --- | --- | --: | --: | --: | --: |")
	for _, f := range faults {
		t := c.tallies[f.name]
		switch {
		case c.skipped[f.name] != "":
			said("| `%s` | %s | not played: %s | | | |", f.name, f.what, c.skipped[f.name])
		case t == nil:
			said("| `%s` | %s | not played | | | |", f.name, f.what)
		default:
			said("| `%s` | %s | %d | %d | %.1f s | %.1f s |", f.name, f.what, t.episodes, t.times, t.worst.Seconds(), t.settled.Seconds())
		}
	}
	said("")
	c.entry.mu.Lock()
	full := 0
	for _, r := range c.entry.refused {
		if r.full {
			full++
		}
	}
	said("The balancer had %d requests cut off with the replica they were at, and %d for which no replica was ready; %d were refused for want of room.", c.entry.cutOff, c.entry.nobody, full)
	c.entry.mu.Unlock()
	said("%s", c.facts.Unjudged())
	said("")
	if len(c.findings) == 0 {
		said("Nothing was lost, doubled, out of order, sent after a STOP, over a cap or stuck, and no replica answered a provider with a 5xx.")
		return
	}
	said("BROKEN, %d findings:", len(c.findings))
	said("")
	byProperty := map[string][]finding{}
	for _, f := range c.findings {
		byProperty[f.Property] = append(byProperty[f.Property], f)
	}
	for _, property := range slices.Sorted(maps.Keys(byProperty)) {
		all := byProperty[property]
		said("- %s: %d", property, len(all))
		for n, f := range all {
			if n == 5 {
				said("  - and so on")
				break
			}
			during := ""
			if f.during != "" {
				during = " (during " + f.during + ")"
			}
			said("  - %s%s", f.Detail, during)
		}
	}
}
