package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"ringback/gateway/reports"
	"ringback/settings"
)

func (r routes) ratings(api huma.API) {
	huma.Register(api, Op("list-ratings", http.MethodGet, "/teams/{team}/ratings", http.StatusOK,
		"How customers rated the team's help, as a whole and by advisor, and each rating"), r.listRatings)
}

type ratingsOfTeam struct {
	reports.Rated
	Advisors []reports.OfAdvisor `json:"advisors" nullable:"false" doc:"The most often rated first"`
	List[reports.OneRating]
}

type ratingsQuery struct {
	Team string `path:"team"`
	Page
	Advisor string `query:"advisor" maxLength:"36" doc:"Only this advisor's"`
	Since   string `query:"since" maxLength:"40" doc:"Not before this time"`
	Until   string `query:"until" maxLength:"40" doc:"Before this time"`
}

func (r routes) listRatings(ctx context.Context, in *ratingsQuery) (*Answer[ratingsOfTeam], error) {
	who := caller(ctx)
	from, err := since(in.Since)
	if err != nil {
		return nil, err
	}
	until, err := since(in.Until)
	if err != nil {
		return nil, settings.Refuse("until", "time")
	}
	f := reports.RatingFilter{Advisor: in.Advisor, Since: from, Until: until}
	var all ratingsOfTeam
	if all.Rated, all.Advisors, err = r.Inbox.Ratings(ctx, who, in.Team, f); err != nil {
		return nil, err
	}
	page, err := Listed(in.Page, func(one reports.OneRating) string { return one.ID }, func(before string, limit int) ([]reports.OneRating, error) {
		return r.Inbox.ListRatings(ctx, who, in.Team, f, before, limit)
	})
	if err != nil {
		return nil, err
	}
	all.List = page.Body
	return Answered(all, nil)
}
