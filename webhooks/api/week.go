package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/reports"
)

func (r routes) weeks(api huma.API) {
	op := Op("get-week", http.MethodGet, "/teams/{team}/week", http.StatusOK, "How a team's week went, day by day")
	op.Description = "Days are those of the team's time zone. A call Counts on the day it came."
	huma.Register(api, op, r.getWeek)
	huma.Register(api, csvOp("export-week", "/teams/{team}/week.csv", "The same as a file"), r.exportWeek)
}

type weekQuery struct {
	Team string `path:"team"`
	From string `query:"from" maxLength:"10" example:"2026-06-01" doc:"The first of the seven days; left out: this week's Monday"`
}

func (r routes) getWeek(ctx context.Context, in *weekQuery) (*Answer[reports.Week], error) {
	return Answered(r.Inbox.Week(ctx, caller(ctx), in.Team, in.From))
}

func (r routes) exportWeek(ctx context.Context, in *weekQuery) (*huma.StreamResponse, error) {
	return streamed(WeekFile(ctx, r.Inbox, caller(ctx), in.Team, in.From))
}
