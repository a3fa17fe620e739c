package main

import (
	"context"
	"fmt"
	"time"

	"ringback/cmd/chaos/audit"
)

// audit lets everything come to rest and looks.
func (c *campaign) audit(ctx context.Context) error {
	telling, cancel := context.WithTimeout(ctx, toTell)
	defer cancel()
	if err := c.load.Settle(telling); err != nil {
		c.breaks("everything is acknowledged in the end", "%v", err)
	}
	settling, cancel := context.WithTimeout(ctx, toSettle)
	defer cancel()
	left, err := c.place().Rest(settling)
	if err != nil {
		return err
	}
	if left != "" {
		c.breaks("all is done in the end", "%s after %s", left, toSettle)
	}
	// What the provider knows and what the tables say are read one after the other:
	// nobody may be at work in between.
	for _, r := range c.replicas {
		if err := r.end(); err != nil {
			c.breaks("an orderly stop is one", "%v", err)
		}
	}
	found, facts, err := audit.Look(ctx, c.db, c.teams, c.sim.Messages(), c.load.Told(), c.late...)
	if err != nil {
		return err
	}
	c.facts = facts
	for _, f := range found {
		c.findings = append(c.findings, finding{Finding: f})
	}
	for _, f := range c.load.Faults() {
		c.findings = append(c.findings, finding{Finding: audit.Finding{Property: "a door takes what is right", Detail: f}})
	}
	c.lookAtRefusals()
	return nil
}

// place is where the campaign's work is done.
func (c *campaign) place() audit.Place {
	gateways := map[string]string{}
	for _, r := range c.replicas {
		gateways[r.name] = r.url()
	}
	return audit.Place{DB: c.db, Messages: c.sim.Messages, Gateways: gateways}
}

// lookAtRefusals: no replica answers a provider with a 5xx. One that was asked while it
// was ready may only say that it has no room, while it has none.
func (c *campaign) lookAtRefusals() {
	c.entry.mu.Lock()
	defer c.entry.mu.Unlock()
	for _, r := range c.entry.refused {
		if r.full && within(c.allowedFull, r.at) != "" {
			continue
		}
		c.findings = append(c.findings, finding{audit.Finding{
			Property: "no provider hears a 5xx", Detail: fmt.Sprintf("%s from %s at %s: %d %s", r.path, r.replica, r.at.UTC().Format("15:04:05.000"), r.status, r.words),
		}, within(c.disturbed, r.at)})
	}
}

func within(spans []span, at time.Time) string {
	for _, s := range spans {
		if !at.Before(s.from) && !at.After(s.to) {
			return s.name
		}
	}
	return ""
}
