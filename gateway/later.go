package gateway

import (
	"context"
	"time"

	"ringback/channels"
)

// laterLimit bounds what waits in memory for the database: a caller is never
// kept waiting for it, so a call's journal may have to be written later.
const laterLimit = 20_000

// Journal writes events down without keeping anybody waiting: now if that
// takes no longer than the context allows, else as soon as it can be done. It
// is for calls, whose callers must be answered whatever the database does, and
// is the one road on which an answer may come before its event is durable.
func (g *Gateway) Journal(ctx context.Context, arrived []channels.Event) {
	if err := g.Receive(ctx, arrived); err == nil {
		return
	}
	g.put.Add(1)
	select {
	case g.later <- arrived:
	default:
		g.put.Add(-1)
		g.Log.Error("a call's journal is lost: too much waits for the database", "events", len(arrived))
	}
}

// catchUp writes down what Journal could not, in order.
func (g *Gateway) catchUp(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case arrived := <-g.later:
			g.insist(ctx, arrived)
			g.put.Add(-1)
		}
	}
}

func (g *Gateway) insist(ctx context.Context, arrived []channels.Event) {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), statement)
		err := g.Receive(trying, arrived)
		cancel()
		if err == nil {
			return
		}
		g.Log.Warn("a call's journal waits for the database", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}
