package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/inbox"
)

func (r routes) dryRuns(api huma.API) {
	huma.Register(api, Op("dry-run", http.MethodPost, "/teams/{team}/dry-run", http.StatusOK,
		"What would happen, and why, if a customer wrote or called at that time? Nothing is changed or sent"), r.dryRun)
}

type dryRunBody struct {
	Team string `path:"team"`
	Body inbox.Trial
}

func (r routes) dryRun(ctx context.Context, in *dryRunBody) (*Answer[inbox.Tried], error) {
	return Answered(r.Inbox.Try(ctx, caller(ctx), in.Team, in.Body))
}
