package gateway

import (
	"context"

	"ringback/channels"
)

// What the three loops do, one step at a time and in the caller's goroutine,
// for who plays them instead of calling Start: see cmd/sim.

// RecordOne writes events down as Receive does, with nobody else's in the same
// commit.
func (g *Gateway) RecordOne(told []channels.Event) error {
	a := g.arrive(told)
	g.record([]*arrival{a})
	return <-a.done
}

// HandleOne handles some due events of one team; false: none is due.
func (g *Gateway) HandleOne(ctx context.Context) (bool, error) { return g.handleNext(ctx) }

// SendOne sends one due delivery, or looks for it; false: none is due.
func (g *Gateway) SendOne(ctx context.Context) (bool, error) { return g.sends.One(ctx) }

// AskOne asks what one call is doing of which nothing was told for a while;
// false: none is due.
func (g *Gateway) AskOne(ctx context.Context) (bool, error) { return g.calls.One(ctx) }
