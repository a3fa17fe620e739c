package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/settings"
	"ringback/settings/rest"
	"ringback/settings/staff"
)

func (r routes) history(api huma.API) {
	huma.Register(api, rest.Op("list-history", http.MethodGet, "/teams/{team}/history", http.StatusOK,
		"Who changed the team's settings, from what to what"), r.listHistory)
}

func (r routes) listHistory(ctx context.Context, in *listOfTeam) (*rest.Answer[rest.List[settings.Change]], error) {
	return rest.Listed(in.Page, func(c settings.Change) string { return c.ID }, func(before string, limit int) ([]settings.Change, error) {
		return settings.ListHistory(ctx, r.DB, staff.From(ctx).CompanyID, in.Team, before, limit)
	})
}
