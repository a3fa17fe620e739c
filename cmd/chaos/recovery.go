package main

import (
	"context"
	"fmt"
	"time"

	"ringback/cmd/chaos/audit"
)

// What is waited for after a fault: that of two seconds' requests so many are
// acknowledged, and that nothing waits which nobody holds back.
const (
	share     = 0.95
	patience  = 30 * time.Second
	whileWell = 2 * time.Second
	fresh     = time.Second
	slow      = 5 * time.Second // after which it is said what waits
)

// recovers measures how long it takes until all is well again.
func (c *campaign) recovers(ctx context.Context) (doors, settled time.Duration, ok bool) {
	end := time.Now()
	doors, settled = -1, -1
	said := false
	for tick := time.NewTicker(200 * time.Millisecond); time.Since(end) < patience && ctx.Err() == nil; <-tick.C {
		now := time.Now()
		if doors < 0 {
			if s := c.load.Between(now.Add(-whileWell), now); now.Sub(end) >= whileWell && float64(s.Acknowledged) >= share*float64(s.Begun) {
				doors = now.Sub(end) - whileWell
			}
		}
		if settled < 0 {
			soon, cancel := context.WithTimeout(ctx, time.Second)
			what, waiting, err := audit.Waiting(soon, c.db)
			cancel()
			if now.Sub(end) > slow && !said && err == nil && waiting >= fresh {
				fmt.Fprintf(c.out, "  %s still waits, for %s\n", what, waiting.Round(time.Millisecond))
				said = true
			}
			if err == nil && waiting < fresh {
				settled = now.Sub(end)
			}
		}
		if doors >= 0 && settled >= 0 {
			return doors, settled, true
		}
	}
	if doors < 0 {
		doors = time.Since(end)
	}
	if settled < 0 {
		settled = time.Since(end)
	}
	return doors, settled, false
}

// What the end is given: for the load to be acknowledged, and for the gateways to do
// all that is left.
const (
	toTell   = 2 * time.Minute
	toSettle = 3 * time.Minute
)

// brokenAlready looks for what is wrong whatever may still come: a doubled message, or one
// after a STOP. What is not there may be in a spool yet, and is looked for at the end.
func (c *campaign) brokenAlready(ctx context.Context) bool {
	lasts(ctx, whileWell)
	told := c.load.Told()
	lasts(ctx, whileWell)
	found, _, err := audit.Look(ctx, c.db, c.teams, c.sim.Messages(), told, c.late...)
	if err != nil {
		return false
	}
	for _, f := range found {
		if final[f.Property] {
			fmt.Fprintf(c.out, "  found: %s: %s\n", f.Property, f.Detail)
			return true
		}
	}
	return false
}

// final are properties that, once they are broken, stay so.
var final = map[string]bool{
	"a message is sent once": true, "nothing is sent after a STOP": true, "a message stands once on the timeline": true,
	"an event has one decision": true,
}
