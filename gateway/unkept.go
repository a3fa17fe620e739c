package gateway

import (
	"context"
	"slices"
	"time"

	"ringback/channels"
)

// Journal writes events down without keeping anybody waiting: in Postgres if that
// takes no longer than the context allows, else in the spool. It is for calls, whose
// callers are answered whatever the database does, and told by nobody again: a spool that
// is full to webhooks, which are, has some room left for them. Where there is none
// either, as on a full disk, they wait in memory, which a crash takes with it.
func (g *Gateway) Journal(ctx context.Context, arrived []channels.Event) {
	err := g.writeDown(ctx, arrived)
	if err == nil {
		return
	}
	select {
	case g.unkept <- arrived:
		g.Log.Error("a call's journal waits in memory: neither Postgres nor the spool takes it", "events", len(arrived), "error", err)
	default:
		g.Log.Error("a call's journal is lost", "events", len(arrived), "error", err)
	}
}

func (g *Gateway) writeDown(ctx context.Context, arrived []channels.Event) error {
	err := g.Receive(ctx, arrived)
	if err != nil && g.Spool != nil {
		err = g.guarded("spooling a call's journal", func() error { return g.spool(arrived, g.Spool.AppendLast) })
	}
	return err
}

// How many calls' journals wait in memory at the most, and how long between two tries.
const (
	unkeptLimit = 10_000
	keepAgain   = time.Second
)

// keep writes down what waits in memory as soon as something takes it, the oldest first,
// and at the end tries once more with all of it.
func (g *Gateway) keep(ctx context.Context) {
	for {
		select {
		case arrived := <-g.unkept:
			if !g.persist(ctx, arrived) {
				g.keepLast(arrived)
				return
			}
		case <-ctx.Done():
			g.keepLast(nil)
			return
		}
	}
}

// persist reports whether it wrote events down before the context ended.
func (g *Gateway) persist(ctx context.Context, arrived []channels.Event) bool {
	for {
		if g.writeDown(ctx, arrived) == nil {
			return true
		}
		select {
		case <-time.After(keepAgain):
		case <-ctx.Done():
			return false
		}
	}
}

// keepLast writes down what still waits in memory, after these. It goes to the spool, which
// is quick to say, and past the committer, which may have ended, to Postgres.
func (g *Gateway) keepLast(all []channels.Event) {
	for len(g.unkept) > 0 {
		all = append(all, <-g.unkept...)
	}
	if len(all) == 0 {
		return
	}
	if g.Spool != nil && g.guarded("spooling calls' journals", func() error { return g.spool(all, g.Spool.AppendLast) }) == nil {
		return
	}
	for together := range slices.Chunk(all, played) {
		a := g.arrive(together)
		err := g.guarded("recording calls' journals", func() error { g.record([]*arrival{a}); return <-a.done })
		if err != nil {
			g.Log.Error("a call's journal is lost", "events", len(together), "error", err)
		}
	}
}
