package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ringback/cmd/chaos/audit"
)

// rest waits until all is done: the provider has told the end of every message, no spool
// holds anything, and nothing is due. It says what was left when the context ended.
func (c *campaign) rest(ctx context.Context) (left string, err error) {
	for {
		for left = c.underWay(ctx); left != ""; left = c.underWay(ctx) {
			if ctx.Err() != nil {
				return left, nil
			}
			lasts(ctx, 300*time.Millisecond)
		}
		switch due, err := audit.Settled(ctx, c.db); {
		case err != nil:
			return "", err
		case due > 0:
			return fmt.Sprintf("%d things are left to do", due), nil
		case c.underWay(ctx) == "": // what was told meanwhile may have begun something
			return "", nil
		}
	}
}

// underWay says what the tables do not show yet.
func (c *campaign) underWay(ctx context.Context) string {
	for _, m := range c.sim.Messages() {
		if m.Status != "delivered" {
			return "the provider has not told the end of " + m.SID
		}
	}
	for _, r := range c.replicas {
		switch held, err := r.spooled(ctx); {
		case err != nil:
			return fmt.Sprintf("%s does not say what its spool holds: %v", r.name, err)
		case held > 0:
			return fmt.Sprintf("the spool of %s holds %.0f events", r.name, held)
		}
	}
	return ""
}

// spooled is how many events the replica's spool holds, as its metrics say.
func (r *replica) spooled(ctx context.Context) (float64, error) {
	const name = "ringback_spool_events "
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url()+"/metrics", http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if held, is := strings.CutPrefix(lines.Text(), name); is {
			return strconv.ParseFloat(held, 64)
		}
	}
	return 0, fmt.Errorf("its metrics (%s) have no %s", answer.Status, strings.TrimSpace(name))
}
