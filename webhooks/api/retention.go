package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/retention"
)

func (r routes) retention(api huma.API) {
	huma.Register(api, Op("get-retention", http.MethodGet, "/retention", http.StatusOK, "How many days what is kept; null: for ever"), r.getRetention)
	save := Op("save-retention", http.MethodPut, "/retention", http.StatusOK, "Choose how many days what is kept")
	save.Description = "What is left out, or null, is kept for ever. With `dry_run` nothing changes, and the answer says how much of each kind would go. " +
		"What is too old goes within a day, in small steps, and does not come back. Figures stay: what counts in them is emptied and not deleted. " +
		"What belongs to a ticket that is not closed waits until it is."
	huma.Register(api, save, r.saveRetention)
}

type retentionBody struct {
	Condition
	Body struct {
		retention.Days

		DryRun bool `json:"dry_run,omitempty" doc:"true: say what would go, and change nothing"`
	}
}

type retentionAnswer struct {
	retention.Days

	WouldGo map[string]int `json:"would_go,omitempty" doc:"Of a dry run: how much, by kind"`
}

func (r routes) getRetention(ctx context.Context, _ *struct{}) (*tagged[retentionAnswer], error) {
	return taggedDays(r.Inbox.Retention(ctx, caller(ctx)))
}

func taggedDays(days retention.Days, err error) (*tagged[retentionAnswer], error) {
	if err != nil {
		return nil, err
	}
	return &tagged[retentionAnswer]{stateTag(days), retentionAnswer{Days: days}}, nil
}

func (r routes) saveRetention(ctx context.Context, in *retentionBody) (*tagged[retentionAnswer], error) {
	if in.Body.DryRun {
		would, err := r.Inbox.TryRetention(ctx, caller(ctx), in.Body.Days)
		if err != nil {
			return nil, err
		}
		return &tagged[retentionAnswer]{Body: retentionAnswer{in.Body.Days, would}}, nil
	}
	if err := r.Inbox.SaveRetention(ctx, caller(ctx), in.Body.Days, func(now retention.Days) error { return in.holds(now) }); err != nil {
		return nil, err
	}
	return taggedDays(in.Body.Days, nil)
}
