package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/traffic"
)

func (r routes) traffic(api huma.API) {
	op := Op("get-traffic", http.MethodGet, "/traffic", http.StatusOK, "What went through the whole company: received, decided, delivered, by sender, and how long work waits")
	op.Description = "Read from what happened, when somebody asks. Watched all the time, the same is in /metrics."
	huma.Register(api, op, r.getTraffic)
}

type trafficQuery struct {
	Last string `query:"last" enum:"hour,day,week" default:"day" doc:"By the minute, the half hour, or three hours"`
}

func (r routes) getTraffic(ctx context.Context, in *trafficQuery) (*Answer[traffic.Traffic], error) {
	return Answered(r.Inbox.Traffic(ctx, caller(ctx), in.Last))
}
