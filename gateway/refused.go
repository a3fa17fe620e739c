package gateway

import (
	"context"
	"fmt"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
)

// refused plans the next try, or ends the delivery.
func (g *Gateway) refused(ctx context.Context, c deliveries.Claimed, e *channels.SendError) error {
	tried := c.Attempts + 1
	if e.Reason == channels.ReasonCredentials {
		// Every send of this sender would fail: it rests a minute, and the
		// message waits for it without losing a try.
		if err := g.pause(ctx, c, e.Code); err != nil {
			return err
		}
		return g.reschedule(ctx, c, deliveries.Plan{Wait: time.Minute, Attempts: c.Attempts}, e)
	}
	switch {
	case e.Retry == channels.Look:
		return g.reschedule(ctx, c, deliveries.Plan{Look: true, Wait: lookAfter, Attempts: tried}, e)
	case e.Retry == channels.Later && tried < tries:
		if err := g.alarm(ctx, c, e); err != nil {
			return err
		}
		if tooMuch(e.Reason) {
			// What else the sender has would be refused as well.
			if err := deliveries.Rest(ctx, g.DB, c.SenderID, min(max(e.After, time.Second), time.Minute), g.Clock.Queue()); err != nil {
				return err
			}
		}
		return g.reschedule(ctx, c, deliveries.Plan{Wait: max(e.After, backoff(tried)), Attempts: tried}, e)
	}
	return g.end(ctx, c, channels.Failed, e)
}

// tooMuch reports whether what else the sender has would be refused as well, at this moment.
func tooMuch(reason channels.Reason) bool {
	return reason == channels.ReasonThrottled || reason == channels.ReasonCapped || reason == channels.ReasonSuspected
}

// end ends a delivery that the provider did not take. All that follows from it
// is written with it: what is learned about the person, and the way around by
// another channel, which nothing would take up again later.
func (g *Gateway) end(ctx context.Context, c deliveries.Claimed, state channels.State, e *channels.SendError) error {
	tx, err := g.DB.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("delivery %s: %s: %w", c.ID, state, err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it says so and does nothing
	now := g.Clock.Now()
	if err := templateRefused(ctx, tx, c.CompanyID, c.TeamID, c.SenderID, c.Template, e.Reason, now); err != nil {
		return err
	}
	m, ended, err := deliveries.MarkFailed(ctx, tx, c, state, e)
	if err != nil || !ended {
		return err
	}
	var changes []Change
	if state == channels.Failed {
		if err := learn(ctx, tx, m, e.Reason, e.Code, events.Event{OccurredAt: now}); err != nil {
			return err
		}
		why := ""
		if e.Err != nil {
			why = e.Err.Error()
		}
		if err := tellAdmins(ctx, tx, m, e.Reason, e.Code, why, now); err != nil {
			return err
		}
		if changes, err = g.fallBack(ctx, tx, m, e.Reason); err != nil {
			return err
		}
	}
	if lost := state == channels.Failed || state == channels.Expired; lost && len(changes) == 0 {
		if err := m.TellLost(ctx, tx, state, e.Reason, e.Code, now); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("delivery %s: %s: %w", c.ID, state, err)
	}
	g.tell(append(changes, sent(c, state, e.Code))...)
	return nil
}

// reschedule plans the next try, or the next look.
func (g *Gateway) reschedule(ctx context.Context, c deliveries.Claimed, p deliveries.Plan, e *channels.SendError) error {
	err := deliveries.Reschedule(ctx, g.DB, c, p, e, g.Clock.Queue())
	if err != nil {
		return err
	}
	state := channels.State("")
	if p.Look && c.TriedAt == nil {
		state = channels.Unknown
	}
	g.tell(sent(c, state, e.Code))
	return nil
}

// sent is where a delivery got to by our own doing.
func sent(c deliveries.Claimed, state channels.State, code string) Change {
	return Change{Kind: "delivery", CompanyID: c.CompanyID, TeamID: c.TeamID, ID: c.ID, moved: movedTo{c.Kind, state, code}}
}
