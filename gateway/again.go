package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
	"ringback/settings"
)

const (
	// againAfter is how long at least a message waits that the provider took and could
	// not deliver for now. Each further try of it waits twice as long.
	againAfter = time.Minute
	// againWithin is how long at most it waits by itself. What a carrier takes tomorrow
	// may be out of date by then, or come at night: that is for people to say.
	againWithin = 2 * time.Hour
)

// planAgain sees to it that a message is sent once more that the provider took and could
// not deliver for now. False: it stays as it is. It waits as a timer and not in the
// outbox, where it would hold back what is said to the person meanwhile.
func (g *Gateway) planAgain(ctx context.Context, tx *sqlx.Tx, m deliveries.Moved, s channels.Status) (bool, error) {
	if s.Again == nil || s.State != channels.Failed && s.State != channels.Undelivered {
		return false, nil
	}
	wait := max(s.Again.After, againAfter)
	if s.Reason == channels.ReasonThrottled && wait == againAfter { // what else the sender has fares the same
		if err := deliveries.Rest(ctx, tx, m.SenderID, wait, g.Clock.Queue()); err != nil {
			return false, err
		}
	}
	wait, may, err := deliveries.MayGoAgain(ctx, tx, m, wait, s.Again.Times, g.Clock.Queue())
	if err != nil || !may || wait > againWithin {
		return false, err
	}
	now := g.Clock.Now()
	return true, events.InternalEvent{
		CompanyID: m.CompanyID, TeamID: m.TeamID, Name: "send_again/" + m.ID, At: now, Due: now.Add(wait),
		Payload: events.SendAgain{Contact: m.ContactID, Delivery: m.ID},
	}.Raise(ctx, tx)
}

// sendAgain queues a copy of a message that did not arrive, unless somebody was quicker,
// or the person wants no more texts. What else stops it is looked at as it leaves.
func (g *Gateway) sendAgain(ctx context.Context, tx *sqlx.Tx, e events.Event, of events.SendAgain) ([]Change, error) {
	made, err := deliveries.Again(ctx, tx, e.CompanyID, of.Delivery, g.Clock.Queue())
	var refused *settings.Conflict
	if errors.Is(err, settings.ErrNotFound) || errors.As(err, &refused) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []Change{{Kind: "delivery", CompanyID: e.CompanyID, TeamID: e.TeamID, ID: made.ID}}, nil
}
