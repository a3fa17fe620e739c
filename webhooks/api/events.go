package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/events"
	"ringback/gateway/inbox"
)

// eventsOf registers the routes of what was not handled: events that were given up,
// and those that no sender claims.
func (r routes) eventsOf(api huma.API) {
	list := Op("list-events", http.MethodGet, "/events", http.StatusOK, "The events whose handling was given up")
	list.Description = "Each failed again and again for a reason of its own, which the fault names; each has a decision internal_error, but for callbacks about messages."
	huma.Register(api, list, r.listGivenUp)
	retry := Op("retry-event", http.MethodPost, "/events/{id}/retry", http.StatusAccepted, "Take up an event again that was given up")
	retry.Description = "It is handled anew by the time at which it happened: a reply that comes too late to make sense is not sent."
	huma.Register(api, retry, r.retryEvent)

	unrouted := Op("list-strays", http.MethodGet, "/unrouted", http.StatusOK, "What providers told of addresses that are no senders here, by when it came")
	unrouted.Description = "Signed by an account of the company's, and kept: most often a number whose webhook was set before its sender was made. The address /strays answers the same."
	huma.Register(api, unrouted, r.listStrays)
	former := Op("list-strays-formerly", http.MethodGet, "/strays", http.StatusOK, "The former name of /unrouted")
	former.Deprecated = true
	huma.Register(api, former, r.listStrays)
}

func (r routes) listGivenUp(ctx context.Context, in *Page) (*Answer[List[events.GivenUp]], error) {
	return Listed(*in, func(e events.GivenUp) string { return e.ID }, func(before string, limit int) ([]events.GivenUp, error) {
		return r.Inbox.GivenUp(ctx, caller(ctx), before, limit)
	})
}

type eventPath struct {
	ID string `path:"id"`
}

func (r routes) retryEvent(ctx context.Context, in *eventPath) (*Answer[events.GivenUp], error) {
	return Answered(r.Inbox.RetryEvent(ctx, caller(ctx), in.ID))
}

func (r routes) listStrays(ctx context.Context, in *Page) (*Answer[List[inbox.Stray]], error) {
	return Listed(*in, func(s inbox.Stray) string { return s.ID }, func(before string, limit int) ([]inbox.Stray, error) {
		return r.Inbox.Strays(ctx, caller(ctx), before, limit)
	})
}
