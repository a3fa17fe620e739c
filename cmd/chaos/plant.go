package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"time"

	"ringback/cmd/overlay"
)

//go:embed plants.txt
var plants string

// plantedFor is how long a planted fault may take to be found, in minutes, unless somebody
// says otherwise.
const plantedFor = 4

// plant builds the program with a known fault in it and plays until the campaign is
// broken: one that stays whole has not looked.
func plant(ctx context.Context, o options, out io.Writer) (missed bool, err error) {
	all, err := overlay.Read(plants, "faults", "spool")
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "ringback-chaos-planted-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	known := o.plant == "list" || o.plant == "all"
	for n, m := range all {
		number := fmt.Sprint(n + 1)
		chosen := o.plant == number || o.plant == m.Name
		known = known || chosen
		if o.plant == "list" {
			fmt.Fprintf(out, "%s %s\n", number, m.Name)
		}
		if o.plant != "all" && !chosen {
			continue
		}
		planted := o
		planted.faults, planted.spool, planted.minutes, planted.first = m.More["faults"], cmp.Or(m.More["spool"], o.spool), o.minutes, true
		if planted.binary, err = m.Build(ctx, dir, "ringback", "./cmd/ringback"); err != nil {
			return missed, fmt.Errorf("%s: %w", m.Name, err)
		}
		began := time.Now()
		broken, err := campaigns(ctx, planted, out)
		if err != nil {
			return missed, fmt.Errorf("%s: %w", m.Name, err)
		}
		how := "NOT FOUND"
		if broken {
			how = "found"
		}
		missed = missed || !broken
		fmt.Fprintf(out, "PLANTED %s: %s, after %s with the time to settle\n\n", m.Name, how, time.Since(began).Round(time.Second))
	}
	if !known {
		return false, fmt.Errorf("%q is no planted fault: -plant list prints them", o.plant)
	}
	return missed, nil
}
