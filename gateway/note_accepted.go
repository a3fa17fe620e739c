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
	failed, err := g.taken.About(ctx, deliveries.AcceptedBy(c, r, at, g.askAfter(c.Kind)))
	if err = cmp.Or(err, failed); err == nil {
		g.tell(sent(c, channels.Sending, ""))
	}
	return err
}

// noteAccepted says of each that could not be noted why: what Postgres does not take of one
// must not leave the others in doubt.
func (g *Gateway) noteAccepted(ctx context.Context, all []deliveries.Accepted) (map[deliveries.Accepted]error, error) {
	err := deliveries.MarkAccepted(ctx, g.DB, all, g.Clock.Queue())
	if !events.Refused(err) || len(all) == 1 {
		return nil, err
	}
	failed := map[deliveries.Accepted]error{}
	for _, one := range all {
		failed[one] = deliveries.MarkAccepted(ctx, g.DB, []deliveries.Accepted{one}, g.Clock.Queue())
	}
	return failed, nil
}
