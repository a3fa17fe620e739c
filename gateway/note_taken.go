package gateway

import (
	"cmp"
	"context"
	"time"

	"ringback/channels"
	"ringback/gateway/deliveries"
	"ringback/gateway/events"
)

// markAccepted notes that the provider took a message at that time, with all that it
// took while the ones before were noted.
func (g *Gateway) markAccepted(ctx context.Context, c deliveries.Claimed, r channels.Receipt, at time.Time) error {
	failed, err := g.taken.About(ctx, deliveries.TakenBy(c, r, at, g.askAfter(c.Kind)))
	if err = cmp.Or(err, failed); err == nil {
		g.tell(sent(c, channels.Sending, ""))
	}
	return err
}

// noteTaken says of each that could not be noted why: what Postgres does not take of one
// must not leave the others in doubt.
func (g *Gateway) noteTaken(ctx context.Context, all []deliveries.Taken) (map[deliveries.Taken]error, error) {
	err := deliveries.MarkAccepted(ctx, g.DB, all, g.Clock.Queue())
	if !events.Refused(err) || len(all) == 1 {
		return nil, err
	}
	failed := map[deliveries.Taken]error{}
	for _, one := range all {
		failed[one] = deliveries.MarkAccepted(ctx, g.DB, []deliveries.Taken{one}, g.Clock.Queue())
	}
	return failed, nil
}
